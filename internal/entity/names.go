// SPDX-License-Identifier: MIT

package entity

// optional and required contain the names of references. Each line begins with a code point
// in hexadecimal. The first field after it contains the names of this character, separated by
// commas, the next field those of the next character, and so on; "-" stands for a character
// without a name.

// optional contains the names that may be used without the semicolon.
const optional = `
22 quot,QUOT
26 amp,AMP
3c lt,LT - gt,GT
a0 nbsp iexcl cent pound curren yen brvbar sect uml copy,COPY ordf laquo not shy reg,REG macr
b0 deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34
bf iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave
cd Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc
dc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute
ea ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash
f9 ugrave uacute ucirc uuml yacute thorn yuml
`

// required contains the names that must be followed by the semicolon.
const required = `
9 Tab NewLine
21 excl - num dollar percnt - apos lpar rpar ast,midast plus comma - period sol
3a colon semi - equals - quest commat
5b lbrack,lsqb bsol rbrack,rsqb Hat UnderBar,lowbar DiacriticalGrave,grave
7b lbrace,lcub VerticalLine,verbar,vert rbrace,rcub
a0 NonBreakingSpace
a8 Dot,DoubleDot,die
ae circledR strns - PlusMinus,pm - - DiacriticalAcute - - CenterDot,centerdot Cedilla
bd half
c5 angst
f7 div
100 Amacr amacr Abreve abreve Aogon aogon Cacute cacute Ccirc ccirc Cdot cdot Ccaron ccaron
10e Dcaron dcaron Dstrok dstrok Emacr emacr - - Edot edot Eogon eogon Ecaron ecaron Gcirc gcirc
11e Gbreve gbreve Gdot gdot Gcedil - Hcirc hcirc Hstrok hstrok Itilde itilde Imacr imacr - -
12e Iogon iogon Idot imath,inodot IJlig ijlig Jcirc jcirc Kcedil kcedil kgreen Lacute lacute
13b Lcedil lcedil Lcaron lcaron Lmidot lmidot Lstrok lstrok Nacute nacute Ncedil ncedil Ncaron
148 ncaron napos ENG eng Omacr omacr - - Odblac odblac OElig oelig Racute racute Rcedil rcedil
158 Rcaron rcaron Sacute sacute Scirc scirc Scedil scedil Scaron scaron Tcedil tcedil Tcaron
165 tcaron Tstrok tstrok Utilde utilde Umacr umacr Ubreve ubreve Uring uring Udblac udblac Uogon
173 uogon Wcirc wcirc Ycirc ycirc Yuml Zacute zacute Zdot zdot Zcaron zcaron
192 fnof
1b5 imped
1f5 gacute
237 jmath
2c6 circ Hacek,caron
2d8 Breve,breve DiacriticalDot,dot ring ogon tilde,DiacriticalTilde DiacriticalDoubleAcute,dblac
311 DownBreve
391 Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho -
3a3 Sigma Tau Upsilon Phi Chi Psi Omega,ohm
3b1 alpha beta gamma delta epsilon,epsi zeta eta theta iota kappa lambda mu nu xi omicron pi rho
3c2 sigmaf,sigmav,varsigma sigma tau upsilon,upsi phi chi psi omega
3d1 thetasym,thetav,vartheta upsih,Upsi - - phiv,straightphi,varphi piv,varpi
3dc Gammad digamma,gammad
3f0 kappav,varkappa rhov,varrho
3f5 epsiv,straightepsilon,varepsilon backepsilon,bepsi
401 IOcy DJcy GJcy Jukcy DScy Iukcy YIcy Jsercy LJcy NJcy TSHcy KJcy - Ubrcy DZcy Acy Bcy Vcy
413 Gcy Dcy IEcy ZHcy Zcy Icy Jcy Kcy Lcy Mcy Ncy Ocy Pcy Rcy Scy Tcy Ucy Fcy KHcy TScy CHcy
428 SHcy SHCHcy HARDcy Ycy SOFTcy Ecy YUcy YAcy acy bcy vcy gcy dcy iecy zhcy zcy icy jcy kcy
43b lcy mcy ncy ocy pcy rcy scy tcy ucy fcy khcy tscy chcy shcy shchcy hardcy ycy softcy ecy
44e yucy yacy - iocy djcy gjcy jukcy dscy iukcy yicy jsercy ljcy njcy tshcy kjcy - ubrcy dzcy
2002 ensp emsp
2009 thinsp - - zwnj zwj lrm rlm
2013 ndash mdash
2018 lsquo rsquo sbquo - ldquo rdquo bdquo - dagger Dagger bull
2026 hellip
2030 permil - prime Prime
2039 lsaquo rsaquo
203e oline
2044 frasl
20ac euro
2111 image
2118 weierp
211c real
2122 trade
2135 alefsym
2190 larr uarr rarr darr harr
21b5 crarr
21d0 lArr uArr rArr dArr hArr
2200 forall - part exist - empty - nabla isin notin - ni
220f prod - sum minus
2217 lowast - - radic - - prop infin - ang
2227 and or cap cup int
2234 there4
223c sim
2245 cong - - asymp
2260 ne equiv - - le ge
2282 sub sup nsub - sube supe
2295 oplus - otimes
22a5 perp
22c5 sdot
2308 lceil rceil lfloor rfloor
25ca loz
2660 spades - - clubs - hearts diams
27e8 lang rang
`
