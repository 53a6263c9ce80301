// SPDX-License-Identifier: MIT
// The methods of a mailer that only call a function of the library.
'use strict';
const check = require('./check.js');
const { C, constants } = require('./library.js');

// If the last element of 'args' is an object with options, such as { signal }, removes and returns it.
// Otherwise returns undefined. 'most' is the maximum number of the other elements.
function optionsOf(args, most) {
  const [options] = args.splice(most);
  if (options !== undefined) return options;
  const last = args[args.length - 1];
  return check.isOptions(last) && (last.signal !== undefined || Object.keys(last).length === 0 && last.constructor === Object) ? args.pop() : undefined;
}

// Default values of trailing arguments.
const defaults = {
  SetSMTPServer: [undefined, 0, true],
  ConnectRemoteServer: [undefined, 0, constants.DO_NOT_SET, true, null, null],
  SendRawFile: [undefined, null, null],
  AddRecipient: [undefined, null], AddCCRecipient: [undefined, null], AddBCCRecipient: [undefined, null],
  AddFrom: [undefined, null], SetSender: [undefined, null], SetClientCertificate: [undefined, null], SetSMIMEKeyFile: [undefined, null],
  AddAttachmentAs: [undefined, null, null], SetListUnsubscribe: [undefined, false],
  SetHTML: [true], SetFlowed: [true], SetEightBit: [true], SetStrict: [true], SetVerifyPeer: [true], SetReadReceipt: [true],
  SetClearLogin: [true], SetLoginRequired: [true], SetLMTP: [true], SetPartialDelivery: [true], SetRequireTLS: [true],
  SetOAuth2ClientCredentials: [undefined, undefined, undefined, ''],
  SetOAuth2RefreshToken: [undefined, undefined, undefined, undefined, ''],
  SetOAuth2Certificate: [undefined, undefined, undefined, null, null, null],
  SetOAuth2AssertionFile: [undefined, undefined, undefined, null],
  SetOAuth2ServiceAccount: [undefined, null, null], SetOAuth2ManagedIdentity: [undefined, null, null],
};
const promised = new Set(['SendRawFile', 'ConnectRemoteServer', 'DisconnectRemoteServer', 'KeepAlive', 'CheckToken', 'SaveMessage']);
const booleans = new Set(['GetHTML', 'GetLoginSkipped', 'IsLoginError', 'IsSafeToRetry']);

/** Adds a method for each function of the library that a mailer needs and for which the class itself defines
 * no method. */
function addMethods(Mailer) {
  for (const name of Object.keys(C)) {
    const method = name[0].toLowerCase() + name.slice(1);
    if (method in Mailer.prototype || ['New', 'Free', 'SendAsync', 'Poll'].includes(name) || name.startsWith('GetResult') || /^Get(Version|ErrorText|LastError)$|^Pool/.test(name)) continue;
    const count = C[name].count - 1; // without the handle
    // If there are arguments, the first one has no default: if a program passes undefined because it forgot
    // to read a setting, undefined must not become true.
    const complete = (args) => Array.from({ length: count }, (_, i) => (args[i] === undefined && (i > 0 || args.length === 0) ? defaults[name]?.[i] : args[i]));
    Mailer.prototype[method] = promised.has(name)
      ? async function (...args) {
        const options = optionsOf(args, count);
        return this._later(name, complete(args), options);
      }
      : booleans.has(name)
        ? function () { return this._value(name) !== 0; }
        : name.startsWith('Get')
          ? function (...args) { return this._value(name, ...complete(args)); }
          : function (...args) { this._do(name, ...complete(args)); };
  }
}

module.exports = { addMethods };
