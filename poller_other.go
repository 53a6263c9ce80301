// SPDX-License-Identifier: MIT

//go:build !linux

package main

func needPoller() error { return nil }
