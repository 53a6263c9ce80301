module csmtp/interop

go 1.26.0

require (
	csmtp v0.0.0
	github.com/emersion/go-smtp v0.25.1
)

require github.com/emersion/go-sasl v0.0.0-20241020182733-b788ff22d5a6 // indirect

replace csmtp => ../
