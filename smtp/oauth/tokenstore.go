// SPDX-License-Identifier: MIT

package oauth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// tokenStore is a token file that this process has locked and read. The operating system
// removes the lock when the process ends.
type tokenStore struct {
	path    string
	lock    *os.File // nil if the file cannot be created
	release func()   // the function that HoldLock returned
	content []byte   // empty if there was no file
	problem error    // why the file could not be locked or created, or nil
}

// HoldLock is called with the descriptor of a file before the file is locked. The function
// that it returns is called before the descriptor is closed. A child that is forked between
// these two calls must close its copy of the descriptor, because the lock lasts until every
// process has closed the descriptor.
var HoldLock = func(descriptor uintptr) (release func()) { return func() {} }

// errForeign is the error for a file that must be neither used nor replaced.
type errForeign struct{ reason string }

func (e *errForeign) Error() string { return e.reason }

// openTokenStore locks the file at path and reads it. It waits while another process holds
// the lock. If the file cannot be locked, the field 'problem' of the result says why. If
// 'create' is set and there is no file, openTokenStore creates an empty one; if that fails,
// 'problem' says why. If 'strict' is set, it returns an error for a file to which other users
// have access.
func openTokenStore(ctx context.Context, path string, create, strict bool) (*tokenStore, error) {
	s := &tokenStore{path: path}
	for {
		f, err := openLock(path, create, strict)
		if err != nil {
			return s.without(err, create)
		}
		s.lock, s.release = f, HoldLock(f.Fd())
		if s.problem, err = awaitLock(ctx, f); err != nil {
			s.close()
			return nil, err
		}
		if !stillLocks(f, path) { // another process replaced the file while this one waited
			s.close()
			continue
		}
		if s.content, err = readToken(f, path, strict); err != nil {
			s.close()
			return nil, err
		}
		return s, nil
	}
}

// without returns the result of openTokenStore after openLock has failed with err. The result
// is a store without a file if create is set and no file exists, and otherwise an error.
func (s *tokenStore) without(err error, create bool) (*tokenStore, error) {
	var foreign *errForeign
	if errors.As(err, &foreign) {
		return nil, err
	}
	var cause *fs.PathError
	if errors.As(err, &cause) {
		err = cause.Err // the caller adds the path
	}
	if _, exists := os.Lstat(s.path); exists == nil || !create {
		return nil, err
	}
	s.problem = err
	return s, nil
}

// awaitLock locks f, and waits while another process holds the lock. unsupported is not nil if
// f cannot be locked, for example because its file system does not support locks.
func awaitLock(ctx context.Context, f *os.File) (unsupported, err error) {
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		locked, err := tryLock(f)
		switch {
		case err != nil:
			return fmt.Errorf("it cannot be locked: %w", err), nil
		case locked:
			return nil, nil
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, ctx.Err()
		}
	}
}

func (s *tokenStore) close() {
	if s.lock != nil {
		unlock(s.lock) // closing the file is not enough if a forked child has a copy of the descriptor
		s.release()
		s.lock.Close()
		s.lock = nil
	}
}

// readAll reads a token file, but at most maxTokenFile+1 octets. A result of this length
// shows the caller that the file is too long.
func readAll(f *os.File) ([]byte, error) {
	return io.ReadAll(io.LimitReader(f, maxTokenFile+1))
}

// replace writes content to a new file, and renames this file to the token file, which is
// therefore complete at all times. After each of its steps, replace calls the function step,
// which is for tests.
func (s *tokenStore) replace(content []byte, step func(string)) (err error) {
	if len(content) > maxTokenFile {
		return fmt.Errorf("its content has %d octets; the limit is %d", len(content), maxTokenFile)
	}
	folder, prefix := s.beside()
	if s.lock != nil && s.problem == nil {
		removeStale(folder, prefix)
	}
	temporary := folder + prefix + rand.Text()[:12] + ".tmp"
	f, err := createPrivate(temporary)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(temporary)
		}
	}()
	step("created")
	if _, err = f.Write(content); err == nil {
		step("written")
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	step("synced")
	if err = rename(temporary, s.path); err != nil {
		return err
	}
	step("renamed")
	return syncFolder(folder)
}

// beside returns the folder of the token file, and the prefix of the names of new files before
// they are renamed.
func (s *tokenStore) beside() (folder, prefix string) {
	folder, name := filepath.Split(s.path)
	return folder, ".csmtp-" + hashed(name)[:12] + "-"
}

// tryCreate returns an error if no new file can be created in the folder of the token file. It
// creates one, and removes it.
func (s *tokenStore) tryCreate() error {
	folder, prefix := s.beside()
	path := folder + prefix + rand.Text()[:12] + ".tmp"
	f, err := createPrivate(path)
	if err == nil {
		f.Close()
		err = os.Remove(path)
	}
	return err
}

// removeStale removes the new files that processes have written but not renamed before they
// ended.
func removeStale(folder, prefix string) {
	if folder == "" {
		folder = "."
	}
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) && strings.HasSuffix(e.Name(), ".tmp") {
			os.Remove(filepath.Join(folder, e.Name()))
		}
	}
}
