// SPDX-License-Identifier: MIT
//
// What the tests of callbacks share. Include it after CSmtp.h.
#pragma once

#include <stdexcept>

struct Mine : std::runtime_error {
	explicit Mine(const char *what) : std::runtime_error(what) {}
};

static const char *g_host;
static unsigned short g_port;
static int g_wrong = 0;

static void Expect(bool right, const char *what)
{
	if (right) return;
	g_wrong++;
	cout << "failed: " << what << endl;
}

// Reports whether 'call' throws Mine(what).
template <typename Call> static bool ThrowsMine(const char *what, Call call)
{
	try { call(); }
	catch (const Mine &e) { return string(e.what()) == what; }
	catch (const std::exception &e) { cout << "another exception: " << e.what() << endl; }
	return false;
}
