// SPDX-License-Identifier: MIT

package message

import "time"

// signSMIME makes multipart/signed of the message's body (RFC 8551, section
// 3.5.3), with a detached signature over its octets.
func signSMIME(p *part, key *SMIMEKey, bounds *boundaries, now time.Time) (*part, error) {
	body, err := readOnce(p)
	if err != nil {
		return nil, err
	}
	signature, err := key.sign(body.sum[:], now)
	if err != nil {
		return nil, err
	}
	var h headerWriter
	h.name("Content-Type")
	h.token("application/pkcs7-signature")
	h.param("name", "smime.p7s")
	h.end()
	h.short("Content-Transfer-Encoding", string(base64Encoding))
	h.name("Content-Disposition")
	h.token("attachment")
	h.param("filename", "smime.p7s")
	h.end()
	last := &part{fields: h.buf, body: &attached{data: signature, rawSize: int64(len(signature)), encoding: base64Encoding}}

	boundary := bounds.next()
	h = headerWriter{}
	h.name("Content-Type")
	h.token("multipart/signed")
	h.param("protocol", "application/pkcs7-signature")
	h.param("micalg", "sha-256")
	h.param("boundary", boundary)
	h.end()
	return &part{fields: h.buf, body: &multipartBody{boundary, []content{body, last}}, encoding: sevenBit}, nil
}
