// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"testing"
	"time"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/require"
)

// A session that was idle for longer than the timeout of its last step is still usable.
func TestIdleForLongerThanAStep(t *testing.T) {
	for _, thread := range []bool{false, true} {
		for _, security := range []Security{NoSecurity, STARTTLS} {
			cfg := configFor(mailServer(t, smtptest.MailOptions{}), security)
			cfg.OnThread = thread
			cfg.Timeouts.Command, cfg.Timeouts.DataEnd = 2*time.Second, 2*time.Second
			s, err := Dial(context.Background(), cfg)
			require.NoError(t, err)
			_ = s.link.SetDeadline(time.Now().Add(-time.Second)) // as if the deadline of the last step had passed
			require.NoError(t, s.Noop())
			require.NoError(t, s.Quit())
			s.Close()
		}
	}
}
