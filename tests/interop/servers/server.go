// SPDX-License-Identifier: MIT

package servers

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/template"
	"time"
)

// Server is a running mail server.
type Server struct {
	Name    string
	Dir     string // the folder of all its files; Stop removes it
	CA      *CA
	Mailbox Mailbox // the folder to which its mail is delivered

	endpoints map[string]Endpoint
	values    map[string]any // for the templates
	daemons   []*daemon
	closers   []func()
}

// Endpoint is one port of a server.
type Endpoint struct {
	Host string // "127.0.0.1"
	Port int
}

func (e Endpoint) String() string { return net.JoinHostPort(e.Host, strconv.Itoa(e.Port)) }

// Endpoint returns the endpoint with the given name. The comment of each Kind lists the names.
func (s *Server) Endpoint(name string) Endpoint {
	e, ok := s.endpoints[name]
	if !ok {
		panic(fmt.Sprintf("%s has no endpoint %q", s.Name, name))
	}
	return e
}

// Has reports whether the server has an endpoint with that name.
func (s *Server) Has(name string) bool { _, ok := s.endpoints[name]; return ok }

//go:embed apt.sh deliver.sh */install.sh */*.tmpl
var files embed.FS

// newServer creates the server's folder and certificates, and chooses its ports.
// Every user can read the folder, because daemons drop their privileges.
func newServer(name string, ports ...string) (*Server, error) {
	dir, err := os.MkdirTemp("", "csmtp-"+name+"-")
	if err != nil {
		return nil, err
	}
	s := &Server{Name: name, Dir: dir, Mailbox: Mailbox(filepath.Join(dir, "mail")), endpoints: map[string]Endpoint{}}
	for _, p := range []string{dir, s.path("etc"), s.path("log"), string(s.Mailbox)} {
		if err := errors.Join(os.MkdirAll(p, 0o755), os.Chmod(p, 0o755)); err != nil {
			return s, err
		}
	}
	if s.CA, err = newCA(s.path("certs")); err != nil {
		return s, err
	}
	free, err := FreePorts(len(ports))
	if err != nil {
		return s, err
	}
	port := map[string]int{}
	for i, p := range ports {
		port[p] = free[i]
		s.endpoints[p] = Endpoint{"127.0.0.1", free[i]}
	}
	s.values = map[string]any{
		"Dir": dir, "Domain": Domain, "HostName": HostName, "Alice": Alice, "Bob": Bob, "Carol": Carol, "Port": port,
	}
	deliver, err := files.ReadFile("deliver.sh")
	if err != nil {
		return s, err
	}
	return s, errors.Join(os.WriteFile(s.path("etc/deliver.sh"), deliver, 0o755), os.Chmod(s.path("etc/deliver.sh"), 0o755))
}

func (s *Server) path(name string) string { return filepath.Join(s.Dir, name) }

// set adds a value for the templates.
func (s *Server) set(name string, value any) { s.values[name] = value }

// render fills in the template NAME/FILE.tmpl, and writes the result to etc/FILE.
func (s *Server) render(file string, mode os.FileMode) error {
	return s.renderTo(file, "etc/"+file, mode)
}

func (s *Server) renderTo(file, to string, mode os.FileMode) error {
	base := file + ".tmpl"
	t, err := template.New(base).Option("missingkey=error").Delims("<<", ">>").ParseFS(files, s.Name+"/"+base)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := t.Execute(&text, s.values); err != nil {
		return err
	}
	out := s.path(to)
	return errors.Join(os.MkdirAll(filepath.Dir(out), 0o755), os.WriteFile(out, text.Bytes(), mode), os.Chmod(out, mode))
}

// waitPorts waits until every endpoint accepts a connection. It returns an error if a daemon
// ends before that, or after 60 s.
func (s *Server) waitPorts() error {
	deadline := time.Now().Add(60 * time.Second)
	for name, e := range s.endpoints {
		for {
			c, err := net.DialTimeout("tcp", e.String(), time.Second)
			if err == nil {
				c.Close()
				break
			}
			for _, d := range s.daemons {
				if d.ended() {
					return fmt.Errorf("%s ended before it accepted connections:\n%s", s.Name, s.Log())
				}
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("%s does not listen on its endpoint %q:\n%s", s.Name, name, s.Log())
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	return nil
}

// Log returns the contents of the server's log files.
func (s *Server) Log() string {
	var out strings.Builder
	_ = filepath.WalkDir(s.path("log"), func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if text, err := os.ReadFile(p); err == nil && len(text) > 0 {
			fmt.Fprintf(&out, "--- %s\n%s\n", d.Name(), text)
		}
		return nil
	})
	return out.String()
}

// Stop ends the server and removes its folder.
func (s *Server) Stop() error {
	var errs []error
	for _, d := range s.daemons {
		errs = append(errs, d.stop())
	}
	for _, c := range s.closers {
		c()
	}
	return errors.Join(append(errs, os.RemoveAll(s.Dir))...)
}
