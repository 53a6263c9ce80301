// SPDX-License-Identifier: MIT

package message

import "csmtp/smtp/keys"

// RestoreKeys sets the fields of m's keys that a forked child cannot copy from its parent's
// memory, because they contain functions or interfaces. These fields have the tag
// fork:"restored". RestoreKeys parses the keys again.
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
