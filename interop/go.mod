module csmtp/interop

go 1.26.0

require csmtp v0.0.0

replace csmtp => ../
