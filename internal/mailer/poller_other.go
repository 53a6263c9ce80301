// SPDX-License-Identifier: MIT

//go:build !linux

package mailer

func needPoller() error { return nil }
