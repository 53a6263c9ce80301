// SPDX-License-Identifier: MIT
//
// Tests what is specific to Windows: file names in UTF-8, the thread's last error and
// floating-point state, a DLL that stays loaded, a program without a console, paths
// longer than MAX_PATH, and the system's certificate store.
//
//	windows HOST PORT file FOLDER | state | stays | windowless | long FOLDER |
//	                  store CERTIFICATE | distrusted
#include <winsock2.h>
#include <windows.h>
#include <wincrypt.h>
#include <xmmintrin.h>

#include <vector>

#include "CSmtp.h"

static const wchar_t wide[] = L"Gr\u00fc\u00dfe \u6f22\u5b57.txt"; // the next line has the same name in UTF-8
static const char narrow[] = "Gr\xc3\xbc\xc3\x9f" "e \xe6\xbc\xa2\xe5\xad\x97.txt";

#define EXPECT(what) if (!(what)) { printf("line %d: %s\n", __LINE__, #what); return 1; }

static void prepare(CSmtp &mail, char *argv[], const char *subject)
{
	mail.SetSMTPServer(argv[1], static_cast<unsigned short>(atoi(argv[2])));
	mail.SetSecurityType(USE_TLS);
	mail.SetLogin("alice@test.example");
	mail.SetPassword("s3cret pass");
	mail.SetSenderMail("alice@test.example");
	mail.AddRecipient("bob@test.example");
	mail.SetSubject(subject);
	mail.AddMsgLine("from Windows");
}

static int file(CSmtp &mail, const string &folder)
{
	wstring path(folder.begin(), folder.end());
	path += L"\\";
	path += wide;
	FILE *f = _wfopen(path.c_str(), L"wb");
	EXPECT(f != NULL);
	fputs("octets", f);
	fclose(f);
	mail.AddAttachment((folder + "\\" + narrow).c_str());
	mail.SaveMessage((folder + "\\" + narrow + ".eml").c_str());
	EXPECT(GetFileAttributesW((path + L".eml").c_str()) != INVALID_FILE_ATTRIBUTES);
	mail.Send();
	return 0;
}

// Calls change neither the thread's last error nor its errno or floating-point state. A
// callback finds the last error and the floating-point state of the caller.
static int state(CSmtp &mail)
{
	const unsigned int raising = _MM_MASK_MASK & ~(_MM_MASK_DIV_ZERO | _MM_MASK_INVALID | _MM_MASK_OVERFLOW);
	bool same = true;
	mail.SetLogCallback([&](int, const char *) {
		same = same && GetLastError() == 4711 && (_mm_getcsr() & _MM_MASK_MASK) == raising;
	});
	_mm_setcsr((_mm_getcsr() & ~_MM_MASK_MASK) | raising);
	for (int i = 0; i < 3; i++) {
		SetLastError(4711);
		errno = 42;
		mail.Send();
		EXPECT(GetLastError() == 4711);
		EXPECT(errno == 42);
		EXPECT((_mm_getcsr() & _MM_MASK_MASK) == raising);
	}
	EXPECT(same);
	return 0;
}

static DWORD WINAPI use(void *)
{
	const CSmtpHandle h = CSmtp_New();
	const DWORD failed = h == 0 || CSmtp_SetSubject(h, "from another thread") != 0;
	CSmtp_Free(h);
	return failed;
}

// The DLL stays loaded after FreeLibrary, while threads start and end.
static int stays(CSmtp &mail)
{
	for (int i = 0; i < 50; i++) {
		const HANDLE thread = CreateThread(NULL, 0, use, NULL, 0, NULL);
		DWORD failed = 1;
		WaitForSingleObject(thread, INFINITE);
		GetExitCodeThread(thread, &failed);
		CloseHandle(thread);
		EXPECT(failed == 0);
	}
	const HMODULE library = GetModuleHandleA("csmtp.dll");
	for (int i = 0; i < 5; i++) FreeLibrary(library);
	EXPECT(GetModuleHandleA("csmtp.dll") == library);
	mail.Send();
	return 0;
}

// Sends without a console and without standard handles.
static int windowless(CSmtp &mail)
{
	FreeConsole();
	const DWORD handles[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
	for (DWORD handle : handles) {
		CloseHandle(GetStdHandle(handle));
		SetStdHandle(handle, NULL);
	}
	mail.Send();
	return 0;
}

// A file whose path is longer than MAX_PATH can be attached, with or without the prefix
// \\?\ that the functions of Windows require before such a path.
static int longer(CSmtp &mail, const string &folder)
{
	string path = folder;
	while (path.size() < 2 * MAX_PATH) {
		path += "\\" + string(100, 'x');
		EXPECT(CreateDirectoryW((L"\\\\?\\" + wstring(path.begin(), path.end())).c_str(), NULL));
	}
	path += "\\long.txt";
	const wstring system = L"\\\\?\\" + wstring(path.begin(), path.end());
	const HANDLE f = CreateFileW(system.c_str(), GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
	EXPECT(f != INVALID_HANDLE_VALUE);
	DWORD written = 0;
	EXPECT(WriteFile(f, "octets", 6, &written, NULL));
	CloseHandle(f);
	const string forms[] = {path, "\\\\?\\" + path};
	for (const string &form : forms) {
		mail.DelAttachments();
		mail.AddAttachment(form.c_str());
		mail.Send();
	}
	return 0;
}

// If the CA is in the system's certificate store, the program need not set a CA.
static int store(CSmtp &mail, const char *certificate)
{
	ifstream in(certificate, ios::binary);
	const string text((istreambuf_iterator<char>(in)), istreambuf_iterator<char>());
	vector<BYTE> der(text.size());
	DWORD size = static_cast<DWORD>(der.size());
	EXPECT(CryptStringToBinaryA(text.c_str(), 0, CRYPT_STRING_BASE64HEADER, der.data(), &size, NULL, NULL));
	const HCERTSTORE root = CertOpenStore(CERT_STORE_PROV_SYSTEM_A, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER, "ROOT");
	EXPECT(root != NULL);
	PCCERT_CONTEXT added = NULL;
	EXPECT(CertAddEncodedCertificateToStore(root, X509_ASN_ENCODING, der.data(), size, CERT_STORE_ADD_REPLACE_EXISTING, &added));
	EXPECT(CertControlStore(root, 0, CERT_STORE_CTRL_COMMIT, NULL));
	int error = 0;
	try {
		mail.Send();
	} catch (const ECSmtp &e) {
		cout << e.what() << endl;
		error = e.GetErrorNum();
	}
	EXPECT(CertDeleteCertificateFromStore(added));
	CertCloseStore(root, 0);
	EXPECT(error == 0);
	return 0;
}

int main(int argc, char *argv[])
{
	if (argc < 4) return 2;
	const string what = argv[3];
	CSmtp mail;
	try {
		prepare(mail, argv, argv[3]);
		if (what == "file") return file(mail, argv[4]);
		if (what == "state") return state(mail);
		if (what == "stays") return stays(mail);
		if (what == "windowless") return windowless(mail);
		if (what == "long") return longer(mail, argv[4]);
		if (what == "store") return store(mail, argv[4]);
		mail.Send();
	} catch (const ECSmtp &e) {
		cout << e.GetErrorNum() << " " << e.GetErrorText() << endl;
		return 1;
	}
	return 0;
}
