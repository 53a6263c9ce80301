// SPDX-License-Identifier: MIT

package message

import "time"

// signSMIME returns a multipart/signed that contains the body and its detached signature
// (RFC 8551, section 3.5.3).
func signSMIME(p *part, key *SMIMEKey, bounds *boundaries, now time.Time) (*part, error) {
	body, err := readOnce(p)
	if err != nil {
		return nil, err
	}
	signature, err := key.sign(body.sum[:], now)
	if err != nil {
		return nil, err
	}
	h := partHeader()
	h.name("Content-Type")
	h.token("application/pkcs7-signature")
	h.param("name", "smime.p7s")
	h.end()
	h.short("Content-Transfer-Encoding", string(base64Encoding))
	h.name("Content-Disposition")
	h.token("attachment")
	h.param("filename", "smime.p7s")
	h.end()
	last, err := newPart(&h, &attached{data: signature, rawSize: int64(len(signature)), encoding: base64Encoding}, base64Encoding)
	if err != nil {
		return nil, err
	}

	boundary := bounds.next()
	h = partHeader()
	h.name("Content-Type")
	h.token("multipart/signed")
	h.param("protocol", "application/pkcs7-signature")
	h.param("micalg", "sha-256")
	h.param("boundary", boundary)
	h.end()
	return newPart(&h, &multipartBody{boundary, []content{body, last}}, sevenBit)
}
