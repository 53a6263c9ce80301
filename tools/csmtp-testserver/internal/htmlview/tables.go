// SPDX-License-Identifier: MIT

package htmlview

import "strings"

func set(words string) map[string]bool {
	s := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		s[w] = true
	}
	return s
}

var (
	// elements contains the elements that are kept. All of them except style have markup as
	// their content.
	elements = set(`a abbr acronym address article aside b bdi bdo big blockquote body br caption center cite code col
		colgroup dd del details dfn dir div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd
		li main map area mark menu nav ol p picture pre q rp rt ruby s samp section small span strike strong style sub
		summary sup table tbody td tfoot th thead time tr tt u ul var wbr`)

	// ordinary contains the elements that are removed without a report, because they show
	// nothing.
	ordinary = set("html head title meta label noscript o:p v:shape")

	void = set("area br col hr img wbr")

	attributes = set(`align alt bgcolor border cellpadding cellspacing class clear color colspan compact datetime dir face
		height hspace id lang noshade nowrap open reversed role rowspan rules scope size span start summary title type valign value
		vspace width`)
)
