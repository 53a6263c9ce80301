// SPDX-License-Identifier: MIT

package browser

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const order = `<h1 style="color:#0a6b4f">Your order is on its way</h1><p>Hello Bob,</p><p>thank you for your order. It leaves our house today.</p>
<p><a href="https://shop.test.example/track/4711" 
style="background:#0a6b4f;color:#fff;padding:8px 16px;border-radius:6px">Track the parcel</a></p>
<p><img alt="Our logo" src="https://shop.test.example/logo.png"></p>`

// shown returns a tab with the page, which lists three mails.
func shown(t *testing.T, width, height int, scheme string) *tab {
	t.Helper()
	s, b := start(t), launch(t)
	s.send("From: Cron <root@host.test.example>\nTo: admin@test.example\nSubject: Load\n\nload average: 0.10\n")
	s.send("From: Shop <news@test.example>\nTo: Bob <bob@test.example>\nDate: " + time.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05") + " GMT\nMessage-ID: <2@test.example>\nSubject: News\nMIME-Version: 1.0\n" +
		"Content-Type: text/html; charset=utf-8\n\n<script>track()</script><p>News</p>\n")
	s.send(letter("Your order =?utf-8?Q?=E2=80=93?= no. 4711", order))
	p := b.open(s.ready["http"])
	p.look(width, height, scheme)
	p.see(`document.querySelectorAll("#list tbody tr").length === 3`)
	return p
}

// brightness returns the mean brightness of a picture's pixels, from 0 to 255.
func brightness(p image.Image) int {
	sum, n := 0, 0
	for y := p.Bounds().Min.Y; y < p.Bounds().Max.Y; y += 5 {
		for x := p.Bounds().Min.X; x < p.Bounds().Max.X; x += 5 {
			r, g, b, _ := p.At(x, y).RGBA()
			sum, n = sum+int(r+g+b)/3>>8, n+1
		}
	}
	return sum / n
}

// The page uses the system's colour scheme, light or dark. With -update, the pictures are
// written to docs/.
func TestScreenshots(t *testing.T) {
	for _, c := range []struct {
		name          string
		width, height int
		scheme        string
		click         string
	}{
		{"testserver-light", 1000, 600, "light", ""},
		{"testserver-dark", 1000, 600, "dark", "#tab-criticism"},
		{"testserver-narrow", 390, 640, "light", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := shown(t, c.width, c.height, c.scheme)
			if c.width > 700 {
				await(t, "the frame", func() bool { return strings.Contains(p.frame(), "Your order is on its way") })
			}
			if c.click != "" {
				p.click("#list tbody tr:nth-child(2)")
				p.see(`document.querySelector("#subject").textContent === "News"`)
				p.click(c.click)
				p.see(`document.querySelector(".findings")`)
			}
			p.eval(`document.fonts.ready.then(() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))).then(() => true)`)
			raw := p.screenshot()
			picture, err := png.Decode(bytes.NewReader(raw))
			require.NoError(t, err)
			assert.Equal(t, image.Rect(0, 0, c.width, c.height), picture.Bounds())
			if c.scheme == "dark" {
				assert.Less(t, brightness(picture), 90)
			} else {
				assert.Greater(t, brightness(picture), 190)
			}
			assert.Empty(t, p.errors())
			if *update {
				assert.Less(t, len(raw), 100<<10, "keep the tree small")
				require.NoError(t, os.WriteFile(filepath.Join(hosttest.Root(), "docs", c.name+".png"), raw, 0o644))
			}
		})
	}
}
