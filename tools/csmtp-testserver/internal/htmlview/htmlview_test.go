// SPDX-License-Identifier: MIT

package htmlview

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	xhtml "golang.org/x/net/html"
)

func one(id string) (string, bool) { return "data:image/png;base64,AA==", id == "a@b" }

// body returns the harmless form of 'source', without the doctype and the constant head.
func body(t *testing.T, source string) (string, Facts) {
	t.Helper()
	out, facts := Render(source, one)
	harmless(t, out)
	return strings.TrimPrefix(strings.TrimPrefix(out, "<!DOCTYPE html>"), head), facts
}

var loads = regexp.MustCompile(`(?i)^\s*(?:https?:|//|ftp:|file:|javascript:|vbscript:|blob:)`)

// harmless parses HTML as a browser does. It fails the test if the HTML contains something
// that is not allowed.
func harmless(t *testing.T, out string) {
	t.Helper()
	tree, err := xhtml.ParseWithOptions(strings.NewReader(out), xhtml.ParseOptionEnableScripting(false))
	if err != nil {
		return // the parser of this test refuses HTML that is nested too deeply
	}
	first := map[string]int{"html": 0, "head": 0, "meta": 0, "title": 0}
	for n := range tree.Descendants() {
		if n.Type == xhtml.CommentNode {
			t.Errorf("comment %q", n.Data)
		}
		if n.Type != xhtml.ElementNode {
			continue
		}
		if n.Namespace != "" {
			t.Errorf("<%s> in %s", n.Data, n.Namespace)
		}
		if count, ours := first[n.Data]; ours && count == 0 {
			first[n.Data]++
			continue
		}
		if !elements[n.Data] {
			t.Errorf("<%s>", n.Data)
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "src" && n.Data == "img", a.Key == "background":
				if !strings.HasPrefix(strings.ToLower(a.Val), "data:") {
					t.Errorf("%s=%q", a.Key, a.Val)
				}
			case a.Key == "href":
				if !strings.HasPrefix(a.Val, "#") {
					t.Errorf("href=%q", a.Val)
				}
			case a.Key == "style", ariaRE.MatchString(a.Key):
			case !attributes[a.Key]:
				t.Errorf("<%s %s>", n.Data, a.Key)
			case loads.MatchString(a.Val) && a.Key != "title" && a.Key != "alt" && a.Key != "summary":
				// An address in another attribute is harmless: the browser does not load it.
			}
		}
	}
}

func TestRender(t *testing.T) {
	for _, c := range [][2]string{
		{`<p class="a" style="color:red">Hi &amp; <b>bye</b></p>`, `<p class="a" style="color:red">Hi &amp; <b>bye</b></p>`},
		{`<img src="cid:a%40b" alt="x">`, `<img src="data:image/png;base64,AA==" alt="x">`},
		{`<IMG SRC=cid:none>`, `<img>`},
		{`<img src="https://x.example/" srcset="https://x.example/2 2x" onerror="x()">`, `<img>`},
		{`<img src="data:image/png;base64,AA">`, `<img src="data:image/png;base64,AA">`},
		{`<img src="data:text/html,x">`, `<img>`},
		{`<td background="cid:a@b">`, `<td background="data:image/png;base64,AA==">`},
		{`<p style="background: url('cid:a@b')">`, `<p style="background: url(&#39;data:image/png;base64,AA==&#39;)">`},
		{`<p style="background:URL( https://x.example/a )">`, `<p style="background:url(&#39;&#39;)">`},
		{`<style>@import "https://x.example/"; p { background: url(//x.example) }</style>`, `<style> p { background: url('') }</style>`},
		{`<style><!-- p {} --></style>`, `<style> p {} </style>`},
		{`<style>p:after { content: "<img src=x>" }</style>`, `<style>p:after { content: "\3c img src=x>" }</style>`},
		{`<a href="https://x.example/" target=_top title=y>z</a>`, `<a title="https://x.example/">z</a>`},
		{`<a href="javascript:x()">z</a>`, `<a title="javascript:x()">z</a>`},
		{`<a href="#top" name=x>z</a>`, `<a href="#top">z</a>`},
		{`a<script>alert("<b>")</script>b`, `ab`},
		{`a<script src=x>`, `a`},
		{`<iframe src=x><b></iframe>y`, `y`},
		{`<form action=x><input name=y>z<button>w</button></form>`, `zw`},
		{`<svg><script>x()</script><a xlink:href="x"/></svg>y`, `<a>y`},
		{`<object data=x><embed src=y></object><base href=z><link rel=preconnect href=w><meta http-equiv=refresh content="0;url=v">`, ``},
		{`<!-- c --><![CDATA[x]]><?php ?>y`, `y`},
		{`<plaintext><b>x`, `&lt;b&gt;x`},
		{`<textarea><b>x</textarea>`, `&lt;b&gt;x`},
		{`<title><b>x</title>y`, `y`},
		{`<style/>p{}</style>x<script/>y()</script>z`, `<style>p{}</style>xz`},
		{`<p aria-label="x" aria-"y="z">w`, `<p aria-label="x">w`},
		{`<noscript><img src=x></noscript>y`, `y`},
		{`<p onclick=x() ONLOAD=x formaction=y data-x=z xlink:href=w>v`, `<p>v`},
		{`<html><head></head><body bgcolor=red onload=x()>y</body></html>`, `<body bgcolor="red">y`},
		{`<x-foo>y</x-foo>`, `y`},
		{`<`, `&lt;`},
		{``, ``},
	} {
		got, _ := body(t, c[0])
		assert.Equal(t, c[1], got, c[0])
	}
	out, _ := Render("<!doctype html><p>x", nil)
	assert.True(t, strings.HasPrefix(out, "<!DOCTYPE html><html>"))
}

func TestFacts(t *testing.T) {
	_, f := body(t, `<meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-1"><script></script><form></form><p onclick=x>
		<img src="https://x.example/1"><img src="cid:a@b" alt=""><img src="cid:none" alt=""><video poster="https://x.example/2" src="data:video/mp4,x"></video>
		<link rel=stylesheet href="https://x.example/3"><style>@import url(https://x.example/4);</style>
		<a href=" https://x.example/5 ">five <b>and</b>
		more</a><a href="/6">6`)
	assert.Equal(t, []string{"https://x.example/1", "https://x.example/2", "https://x.example/3", "https://x.example/4"}, f.Remote)
	assert.Equal(t, []string{"a@b", "none"}, f.ContentIDs)
	assert.Equal(t, []string{"none"}, f.Missing)
	assert.Equal(t, []Link{{"https://x.example/5", "five and more"}, {"/6", "6"}}, f.Links)
	assert.Equal(t, map[string]int{"script": 1, "form": 1, "video": 1, "link": 1}, f.Removed)
	assert.Equal(t, 1, f.Handlers)
	assert.Equal(t, 1, f.NoAlt)
	assert.Equal(t, "iso-8859-1", f.Charset)
	assert.False(t, f.Cut)
}

func TestHugeHTML(t *testing.T) {
	out, f := Render(strings.Repeat("ü", maxSource), nil)
	assert.True(t, f.Cut)
	assert.Less(t, len(out), maxSource+len(head)+100)
	out, _ = Render(strings.Repeat("<div>", 100000), nil)
	require.NotEmpty(t, out)
}

// The lists in Facts have at most maxFacts elements.
func TestManyLinks(t *testing.T) {
	_, f := Render(strings.Repeat(`<a href="x">y</a><img src="cid:z"><img src="//w">`, 2*maxFacts), nil)
	assert.Len(t, f.Links, maxFacts)
	assert.Len(t, f.ContentIDs, maxFacts)
	assert.Len(t, f.Remote, maxFacts)
}

func FuzzRender(f *testing.F) {
	for _, s := range []string{`<svg><style><img src=x onerror=x()></style></svg>`, `<select><style><img src=x></style></select>`, `<math><mtext><table><mglyph><style><img src=x onerror=x>`,
		`<noscript><p title="</noscript><img src=x onerror=x>">`, `<a href="&#106;avascript:x">`, `<table><colgroup><style></table><script>`, `<style>a{b:url("</style><img src=x>")}`,
		`<p style="a:u\72l(http://x.example)">`, `<frameset><frame src=x>`, `<body><body background=//x>`, `<img/src="x"/onerror=x>`, "<\x00script>", `<a title="<!--"><img src=x>-->`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		out, _ := Render(source, one)
		harmless(t, out)
	})
}
