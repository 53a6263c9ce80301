// SPDX-License-Identifier: MIT

package message

import "csmtp/smtp/keys"

// RestoreKeys parses the keys of m again. A forked child copies the fields of a message
// from its parent's memory, except the fields with the tag fork:"restored". These fields
// contain functions and interfaces, which the child cannot copy.
func (m *Message) RestoreKeys() error {
	for _, k := range m.DKIM {
		signer, err := keys.ParsePrivateKey([]byte(k.pem), "")
		if err != nil {
			return err
		}
		k.signer = signer
	}
	if m.SMIME == nil {
		return nil
	}
	k, err := ParseSMIMEKey(m.SMIME.pem, m.SMIME.keyPEM)
	m.SMIME = k
	return err
}
