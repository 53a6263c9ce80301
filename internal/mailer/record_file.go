// SPDX-License-Identifier: MIT

package mailer

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// checkRecord creates the file for a transcript if it does not exist. If other users have
// access to an existing file, checkRecord ends this access. It returns an error if a
// transcript cannot be written to the file.
func checkRecord(path string) error {
	old, err := oldRecord(path)
	if err != nil {
		return err
	}
	if old {
		f, err := os.OpenFile(path, os.O_WRONLY|noFollow, 0)
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err == nil && ownFile(info) && openToOthers(info) != "" {
			err = f.Chmod(0o600)
		}
		if err != nil {
			return err
		}
		next, err := newRecord(path)
		if err != nil {
			return err
		}
		next.Close()
		return os.Remove(next.Name())
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|noFollow, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// oldRecord reports whether the file at path exists. It returns an error if the file exists
// but must not be replaced with a transcript.
func oldRecord(path string) (bool, error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case !info.Mode().IsRegular():
		return false, fmt.Errorf("%s is not a regular file", path)
	case hasOtherNames(info):
		return false, fmt.Errorf("%s is a hard link: use a new file", path)
	case !ownFile(info):
		return false, fmt.Errorf("%s belongs to another user", path)
	}
	return true, nil
}

// newRecord creates a temporary file in the folder of path. Only the current user can read
// it.
func newRecord(path string) (*os.File, error) {
	name := filepath.Join(filepath.Dir(path), ".csmtp-"+rand.Text())
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL|noFollow, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot create a temporary file in its folder: %w", err)
	}
	return f, nil
}

// writeRecord writes a complete temporary file, which then replaces the file at path: other
// programs see either the old or the new content. A program that has opened the old file
// does not see the new content. writeRecord does not follow a symbolic link at path,
// because another user who can create a link in the folder could choose the file that is
// replaced.
func writeRecord(path, text string) error {
	if _, err := oldRecord(path); err != nil {
		return err
	}
	f, err := newRecord(path)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// recordings contains the transcripts of this process. A transcript without users is kept,
// because the next session that is recorded to the same file is added to it.
var recordings struct {
	sync.Mutex
	byPath map[string]*recording
	order  uint64
}

// mostUnused is the maximum number of transcripts without users.
const mostUnused = 16

// recordingFor returns the transcript that is written to path, and counts the caller as one
// of its users. The caller must call release at the end.
func recordingFor(path string) *recording {
	if folder, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		path = filepath.Join(folder, filepath.Base(path)) // so that a file with two paths has one transcript
	}
	recordings.Lock()
	defer recordings.Unlock()
	if recordings.byPath == nil {
		recordings.byPath = map[string]*recording{}
	}
	to := recordings.byPath[path]
	if to == nil {
		to = &recording{path: path, extent: &extent{size: fixedHeader}}
		recordings.byPath[path] = to
	}
	to.users++
	return to
}

// release ends the use of the transcript by r. r may be nil.
func (r *recorder) release() {
	if r == nil {
		return
	}
	r.released.Do(func() {
		recordings.Lock()
		defer recordings.Unlock()
		recordings.order++
		r.to.users--
		r.to.order = recordings.order
		forgetRecordings()
	})
}

// forgetRecordings removes transcripts without users until at most mostUnused of them are
// left. It begins with those that have had no users for the longest time. recordings must
// be locked.
func forgetRecordings() {
	for {
		var oldest *recording
		unused := 0
		for _, one := range recordings.byPath {
			if one.users > 0 {
				continue
			}
			unused++
			if oldest == nil || one.order < oldest.order {
				oldest = one
			}
		}
		if unused <= mostUnused {
			return
		}
		delete(recordings.byPath, oldest.path)
	}
}

// save writes the transcript to the file if it has changed. It does not write a transcript
// without a connection, because such a transcript cannot be replayed.
func (r *recording) save() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.sessions) == 0 || !r.changed {
		return nil
	}
	err := writeRecord(r.path, r.text())
	r.changed = err != nil
	return err
}
