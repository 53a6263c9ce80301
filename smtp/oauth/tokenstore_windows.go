// SPDX-License-Identifier: MIT

package oauth

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

var (
	kernel32 = syscall.NewLazyDLL("kernel32.dll")
	advapi32 = syscall.NewLazyDLL("advapi32.dll")

	procLockFileEx   = kernel32.NewProc("LockFileEx")
	procUnlockFileEx = kernel32.NewProc("UnlockFileEx")
	procGetSecurity  = advapi32.NewProc("GetSecurityInfo")
	procToText       = advapi32.NewProc("ConvertSecurityDescriptorToStringSecurityDescriptorW")
	procFromText     = advapi32.NewProc("ConvertStringSecurityDescriptorToSecurityDescriptorW")
)

const (
	lockfileExclusive   = 2
	lockfileImmediately = 1
	errLockViolation    = syscall.Errno(33)
	errSharing          = syscall.Errno(32)

	ownerAndList    = 1 | 4 // OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION
	fileObject      = 1     // SE_FILE_OBJECT
	readControl     = 0x20000
	openReparse     = 0x200000 // FILE_FLAG_OPEN_REPARSE_POINT
	reparsePoint    = 0x400    // FILE_ATTRIBUTE_REPARSE_POINT
	descriptorV1    = 1        // SDDL_REVISION_1
	shareAll        = syscall.FILE_SHARE_READ | syscall.FILE_SHARE_WRITE | syscall.FILE_SHARE_DELETE
	patienceToShare = 2 * time.Second
)

// openLock opens a lock file in the folder of the token file. The token file itself is not
// used for the lock, because Windows cannot replace a file that is open. Unless 'create' is
// set, openLock returns an error if the token file cannot be opened.
func openLock(path string, create, strict bool) (*os.File, error) {
	if !create {
		f, err := openPrivate(path, syscall.OPEN_EXISTING, strict)
		if err != nil {
			return nil, err
		}
		f.Close()
	}
	return openPrivate(path+".lock", syscall.OPEN_ALWAYS, false)
}

// openPrivate opens a regular file, or creates one that only the user can access. It
// does not follow a link.
func openPrivate(path string, disposition uint32, strict bool) (*os.File, error) {
	failed := func(err error) (*os.File, error) { return nil, &os.PathError{Op: "open", Path: path, Err: err} }
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return failed(err)
	}
	descriptor, err := privateSecurity()
	if err != nil {
		return failed(err)
	}
	defer syscall.LocalFree(syscall.Handle(descriptor))
	security := &syscall.SecurityAttributes{SecurityDescriptor: descriptor}
	security.Length = uint32(unsafe.Sizeof(*security))
	var h syscall.Handle
	if err := untilShared(isShared, func() (err error) {
		h, err = syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE|readControl, shareAll, security, disposition,
			syscall.FILE_ATTRIBUTE_NORMAL|openReparse, 0)
		return err
	}); err != nil {
		return failed(err)
	}
	f := os.NewFile(uintptr(h), path)
	if err := checkPrivate(f, strict); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

const nonblocking = 0 // Windows has no FIFOs in folders

const notRegular = "it is not a regular file"

// checkPrivate returns an error unless f is a regular file that the user owns. If strict
// is set, it also returns an error if anyone but the user, the administrators and Windows
// has access to f.
func checkPrivate(f *os.File, strict bool) error {
	var info syscall.ByHandleFileInformation
	if err := syscall.GetFileInformationByHandle(syscall.Handle(f.Fd()), &info); err != nil {
		return err
	}
	if kind, err := syscall.GetFileType(syscall.Handle(f.Fd())); err != nil || kind != syscall.FILE_TYPE_DISK ||
		info.FileAttributes&syscall.FILE_ATTRIBUTE_DIRECTORY != 0 {
		return &errForeign{notRegular}
	}
	if info.FileAttributes&reparsePoint != 0 {
		return &errForeign{"it is a symbolic link, which is not followed: use the path of the file itself"}
	}
	text, err := securityOf(f)
	if err != nil {
		return err
	}
	own, err := ownAccount()
	if err != nil {
		return err
	}
	return checkSecurity(text, own, strict)
}

// checkSecurity checks the owner and the access control list of a file for checkPrivate. text
// is the file's security descriptor, and 'own' is the user's security identifier, both in SDDL.
func checkSecurity(text, own string, strict bool) error {
	trusted := []string{own, "SY", "BA", "OW", "CO"} // Windows, administrators, the owner, the creator
	rest, found := strings.CutPrefix(text, "O:")
	owner, list, hasList := strings.Cut(rest, "D:")
	switch {
	case !found || !slices.Contains([]string{own, "BA", "SY"}, owner):
		return &errForeign{"it belongs to another user"}
	case !strict:
		return nil
	case !hasList || strings.Contains(list, "NO_ACCESS_CONTROL"):
		return &errForeign{"everybody has access to it: restrict the access with icacls"}
	}
	for entry := range strings.SplitSeq(list, "(") {
		fields := strings.Split(entry, ";") // type; flags; rights; object; inherited object; trustee
		if len(fields) < 6 || slices.Contains([]string{"D", "OD", "XD"}, fields[0]) {
			continue // flags of the list, or an entry that denies access
		}
		if !slices.Contains(trusted, strings.TrimSuffix(fields[5], ")")) {
			return &errForeign{"other users have access to it: run icacls FILE /inheritance:r /grant:r %USERNAME%:F"}
		}
	}
	return nil
}

// securityOf returns the owner and the access control list of f as text (SDDL).
func securityOf(f *os.File) (string, error) {
	var descriptor uintptr
	if code, _, _ := procGetSecurity.Call(f.Fd(), fileObject, ownerAndList, 0, 0, 0, 0, uintptr(unsafe.Pointer(&descriptor))); code != 0 {
		return "", fmt.Errorf("its access control list cannot be read: %w", syscall.Errno(code))
	}
	defer syscall.LocalFree(syscall.Handle(descriptor))
	return textOf(descriptor)
}

func textOf(descriptor uintptr) (string, error) {
	var text *uint16
	var length uint32
	if ok, _, err := procToText.Call(descriptor, descriptorV1, ownerAndList, uintptr(unsafe.Pointer(&text)), uintptr(unsafe.Pointer(&length))); ok == 0 {
		return "", fmt.Errorf("its access control list cannot be read: %w", err)
	}
	defer syscall.LocalFree(syscall.Handle(unsafe.Pointer(text)))
	return syscall.UTF16ToString(unsafe.Slice(text, length)), nil
}

// descriptorOf returns the security descriptor for a text in SDDL. The caller must free
// the result with LocalFree.
func descriptorOf(text string) (uintptr, error) {
	name, err := syscall.UTF16PtrFromString(text)
	if err != nil {
		return 0, err
	}
	var descriptor uintptr
	if ok, _, err := procFromText.Call(uintptr(unsafe.Pointer(name)), descriptorV1, uintptr(unsafe.Pointer(&descriptor)), 0); ok == 0 {
		return 0, err
	}
	return descriptor, nil
}

// userID returns the security identifier of the user.
func userID() (string, error) {
	token, err := syscall.OpenCurrentProcessToken()
	if err != nil {
		return "", err
	}
	defer token.Close()
	user, err := token.GetTokenUser()
	if err != nil {
		return "", err
	}
	return user.User.Sid.String()
}

// ownAccount returns the security identifier of the user as SDDL writes it. SDDL
// abbreviates some identifiers.
func ownAccount() (string, error) {
	id, err := userID()
	if err != nil {
		return "", err
	}
	descriptor, err := descriptorOf("O:" + id)
	if err != nil {
		return "", err
	}
	defer syscall.LocalFree(syscall.Handle(descriptor))
	text, err := textOf(descriptor)
	return strings.TrimPrefix(text, "O:"), err
}

// privateSecurity returns the security descriptor of a file that only the user, the
// administrators and Windows can access. The caller must free it with LocalFree.
func privateSecurity() (uintptr, error) {
	id, err := userID()
	if err != nil {
		return 0, err
	}
	return descriptorOf("O:" + id + "D:P(A;;FA;;;" + id + ")(A;;FA;;;SY)(A;;FA;;;BA)")
}

func tryLock(f *os.File) (bool, error) {
	var o syscall.Overlapped
	ok, _, err := procLockFileEx.Call(f.Fd(), lockfileExclusive|lockfileImmediately, 0, 1, 0, uintptr(unsafe.Pointer(&o)))
	switch {
	case ok != 0:
		return true, nil
	case errors.Is(err, errLockViolation), errors.Is(err, syscall.ERROR_IO_PENDING):
		return false, nil
	}
	return false, err
}

func unlock(f *os.File) {
	var o syscall.Overlapped
	_, _, _ = procUnlockFileEx.Call(f.Fd(), 0, 1, 0, uintptr(unsafe.Pointer(&o)))
}

// stillLocks returns true, because the lock file is never replaced.
func stillLocks(*os.File, string) bool { return true }

// readToken reads the token file. It opens the token file, because openLock has opened only the
// lock file.
func readToken(_ *os.File, path string, strict bool) ([]byte, error) {
	f, err := openPrivate(path, syscall.OPEN_EXISTING, strict)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f)
}

func createPrivate(path string) (*os.File, error) {
	return openPrivate(path, syscall.CREATE_NEW, true)
}

// rename renames a file. It repeats failed attempts for a short time, because the file cannot
// be replaced while another program, such as a virus scanner, reads it.
func rename(from, to string) error {
	used := func(err error) bool { return isShared(err) || errors.Is(err, syscall.ERROR_ACCESS_DENIED) }
	return untilShared(used, func() error { return os.Rename(from, to) })
}

// isShared reports whether err means that another program, such as a virus scanner, has
// opened the file and does not share it.
func isShared(err error) bool { return errors.Is(err, errSharing) }

// untilShared repeats 'do' as long as 'used' returns true for the error of 'do', but not longer
// than patienceToShare.
func untilShared(used func(error) bool, do func() error) error {
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if err := do(); err == nil || !used(err) || time.Since(start) > patienceToShare {
			return err
		}
	}
}

func syncFolder(string) error { return nil }
