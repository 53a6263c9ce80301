{ SPDX-License-Identifier: MIT
  send SERVER PORT LOGIN PASSWORD CA-FILE: sends a mail over STARTTLS, then one that
  the server refuses. }
{$mode objfpc}{$H+}{$codepage utf8}
program send;

uses ctypes, SysUtils;

type
  THandle = PtrUInt;

const
  UseTLS = 1;
  Lib = 'csmtp';

function CSmtp_New: THandle; cdecl; external Lib;
procedure CSmtp_Free(mail: THandle); cdecl; external Lib;
function CSmtp_SetSMTPServer(mail: THandle; server: PAnsiChar; port: cushort; authenticate: cint): cint; cdecl; external Lib;
function CSmtp_SetSecurityType(mail: THandle; kind: cint): cint; cdecl; external Lib;
function CSmtp_SetCAFile(mail: THandle; path: PAnsiChar): cint; cdecl; external Lib;
function CSmtp_SetLogin(mail: THandle; login: PAnsiChar): cint; cdecl; external Lib;
function CSmtp_SetPassword(mail: THandle; password: PAnsiChar): cint; cdecl; external Lib;
function CSmtp_SetCharSet(mail: THandle; charset: PAnsiChar): cint; cdecl; external Lib;
function CSmtp_SetSenderName(mail: THandle; name: PAnsiChar): cint; cdecl; external Lib;
function CSmtp_SetSenderMail(mail: THandle; email: PAnsiChar): cint; cdecl; external Lib;
function CSmtp_AddRecipient(mail: THandle; email, name: PAnsiChar): cint; cdecl; external Lib;
function CSmtp_AddCCRecipient(mail: THandle; email, name: PAnsiChar): cint; cdecl; external Lib;
function CSmtp_DelRecipients(mail: THandle): cint; cdecl; external Lib;
function CSmtp_DelCCRecipients(mail: THandle): cint; cdecl; external Lib;
function CSmtp_SetSubject(mail: THandle; subject: PAnsiChar): cint; cdecl; external Lib;
function CSmtp_AddMsgLine(mail: THandle; line: PAnsiChar): cint; cdecl; external Lib;
function CSmtp_SetHTMLBody(mail: THandle; html: PAnsiChar): cint; cdecl; external Lib;
function CSmtp_AddAttachmentData(mail: THandle; name, kind: PAnsiChar; data: Pointer; size: csize_t): cint; cdecl; external Lib;
function CSmtp_Send(mail: THandle): cint; cdecl; external Lib;
function CSmtp_GetLastErrorText(mail: THandle): PAnsiChar; cdecl; external Lib;

{ Sends the mail. On failure, prints the error, which contains the server's reply. }
function SendIt(mail: THandle): Boolean;
var
  error: cint;
begin
  error := CSmtp_Send(mail);
  Result := error = 0;
  if not Result then
    WriteLn(error, ': ', CSmtp_GetLastErrorText(mail));
end;

var
  mail: THandle;
  sent: Boolean;
  menu: UTF8String;
begin
  mail := CSmtp_New;
  CSmtp_SetSMTPServer(mail, PAnsiChar(ParamStr(1)), StrToInt(ParamStr(2)), 1);
  CSmtp_SetSecurityType(mail, UseTLS);
  CSmtp_SetCAFile(mail, PAnsiChar(ParamStr(5)));
  CSmtp_SetLogin(mail, PAnsiChar(ParamStr(3)));
  CSmtp_SetPassword(mail, PAnsiChar(ParamStr(4)));

  CSmtp_SetCharSet(mail, 'UTF-8');
  CSmtp_SetSenderName(mail, PAnsiChar(UTF8String('Zoë Ångström')));
  CSmtp_SetSenderMail(mail, 'alice@test.example');
  CSmtp_AddRecipient(mail, 'bob@test.example', PAnsiChar(UTF8String('Jürgen Groß')));
  CSmtp_AddCCRecipient(mail, 'carol@test.example', PAnsiChar(UTF8String('Łucja Żak')));
  CSmtp_SetSubject(mail, PAnsiChar(UTF8String('The café''s menu, déjà vu')));
  CSmtp_AddMsgLine(mail, PAnsiChar(UTF8String('Two crêpes and a café au lait: 9 €.')));
  CSmtp_AddMsgLine(mail, 'The menu is attached.');
  CSmtp_SetHTMLBody(mail, PAnsiChar(UTF8String('<p>Two crêpes and a café au lait: <b>9 €</b>.</p>')));
  menu := 'Crêpe: 3 €'#10'Café au lait: 3 €'#10;
  CSmtp_AddAttachmentData(mail, PAnsiChar(UTF8String('menü.txt')), 'text/plain; charset=utf-8', PAnsiChar(menu), Length(menu));
  sent := SendIt(mail);

  if sent then
  begin
    CSmtp_DelRecipients(mail);
    CSmtp_DelCCRecipients(mail);
    CSmtp_AddRecipient(mail, 'refused@test.example', nil);
    SendIt(mail);
  end;
  CSmtp_Free(mail);
  if not sent then
    Halt(1);
end.
