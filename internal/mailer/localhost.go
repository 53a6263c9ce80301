// SPDX-License-Identifier: MIT

package mailer

import (
	"net"
	"os"
)

func (m *Mailer) GetLocalHostName() string {
	if m.settings.localName != "" {
		return m.settings.localName
	}
	name, _ := os.Hostname()
	return name
}

// GetLocalHostIP returns the local address of the open session. Without a session, it
// returns the first address of the host's name that is not a loopback address, or the first
// address if all are. If a proxy is set, it returns "" instead, because then no name may be
// looked up in the DNS.
func (m *Mailer) GetLocalHostIP() string {
	var local net.Addr
	switch {
	case m.session != nil:
		local = m.session.LocalAddr()
	case m.web != nil:
		local = m.web.LocalAddr()
	}
	if local != nil {
		if host, _, err := net.SplitHostPort(local.String()); err == nil {
			return host
		}
	}
	if s, _, err := configured(m.settings); err == nil && s.proxy != "" {
		return ""
	}
	name, _ := os.Hostname()
	addrs, _ := net.LookupHost(name)
	for _, a := range addrs {
		if ip := net.ParseIP(a); ip != nil && !ip.IsLoopback() {
			return a
		}
	}
	if len(addrs) > 0 {
		return addrs[0]
	}
	return ""
}
