// SPDX-License-Identifier: MIT

package fleet

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

var (
	mails   = flag.Int("mails", 2000, "number of mails")
	kills   = flag.Int("kills", 10, "how often a process is killed")
	workers = flag.Int("workers", 3, "number of workers")
	relays  = flag.Int("relays", 2, "number of relays")
	seed    = flag.Uint64("seed", 0, "seed of the random moments; 0 chooses one")
	patient = flag.Int("settle", 15, "the option --settle of the workers, in seconds")
)

// fleet contains all processes and servers of the test.
type fleet struct {
	bin, ledger string
	sink        *sink
	nats        *process
	database    *process // PostgreSQL; nil if the ledger is a file
	monitor     string   // the address of the monitoring port of nats-server
	relays      []*relay
	workers     []*process
}

func TestFleet(t *testing.T) {
	if os.Geteuid() != 0 {
		const text = "Postfix changes its user: run the test as root"
		if os.Getenv("CI") != "" {
			t.Fatal(text)
		}
		t.Skip(text)
	}
	dir := folder(t)
	bin := programs(t, dir)
	t.Run("ledger", func(t *testing.T) {
		run(t, filepath.Join(bin, "ledger"), "sqlite:"+filepath.Join(dir, "test.db"))
		_, ledger := postgresql(t)
		run(t, filepath.Join(bin, "ledger"), ledger)
	})
	t.Run("relaylog", func(t *testing.T) {
		run(t, filepath.Join(bin, "relaylog"), filepath.Join(dir, "maillog"))
	})
	t.Run("errors", func(t *testing.T) { testErrors(t, bin, "sqlite:"+filepath.Join(dir, "test.db")) })
	t.Run("sqlite", func(t *testing.T) {
		testFleet(t, bin, nil, "sqlite:"+filepath.Join(dir, "ledger.db"), *mails, *kills)
	})
	t.Run("postgresql", func(t *testing.T) {
		// In this test, the ledger is in PostgreSQL, a server process that is killed too.
		database, ledger := postgresql(t)
		testFleet(t, bin, database, ledger, *mails/5, *kills/2)
	})
}

// folder creates a temporary folder that every account can enter, such as those of Postfix
// and PostgreSQL.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "csmtp-fleet-")
	must(t, err)
	must(t, os.Chmod(dir, 0o755))
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func testFleet(t *testing.T, bin string, database *process, ledger string, mails, kills int) {
	chosen := *seed
	if chosen == 0 {
		chosen = rand.Uint64()
	}
	t.Logf("%d mails, %d kills, %d workers, %d relays, seed %d", mails, kills, *workers, *relays, chosen)
	f := newFleet(t, bin, ledger)
	f.database = database
	began := time.Now()
	killed := f.disturb(t, rand.New(rand.NewPCG(chosen, 0)), mails, kills)
	f.settle(t, mails)
	took := time.Since(began)
	t.Logf("killed: %v; took %v: %.0f mails/s", killed, took.Round(time.Second), float64(mails)/took.Seconds())
	f.compare(t, mails, killed["relay"])
}

func newFleet(t *testing.T, bin, ledger string) *fleet {
	t.Helper()
	dir := folder(t)
	f := &fleet{bin: bin, ledger: ledger, sink: newSink(t)}
	f.newQueue(t, dir)
	f.start(t, f.nats)
	// Limit an attempt to 8 s: a mail of a killed worker stays in doubt until this time has
	// passed.
	command := []string{filepath.Join(bin, "outbox-worker"), "--queue", f.queue(), "--ledger", ledger, "--timeout", "8", "--settle", fmt.Sprint(*patient)}
	for i := range *relays {
		r := newRelay(t, dir, fmt.Sprint("relay", i+1), f.sink.port)
		f.relays = append(f.relays, r)
		f.start(t, &r.process)
		command = append(command, "--relay", r.option())
	}
	for i := range *workers {
		name := fmt.Sprint("worker", i+1)
		w := &process{name: name, log: filepath.Join(dir, name+".log"), dir: dir, argv: command}
		f.workers = append(f.workers, w)
		f.start(t, w)
	}
	return f
}

// newQueue prepares nats-server: it chooses the ports and the command.
func (f *fleet) newQueue(t *testing.T, dir string) {
	t.Helper()
	port, monitor := freePort(t), freePort(t)
	f.monitor = loopback(monitor)
	f.nats = &process{
		name: "nats-server", log: filepath.Join(dir, "nats.log"), greets: loopback(port), dir: dir,
		argv: []string{"nats-server", "-a", "127.0.0.1", "-p", fmt.Sprint(port), "-m", fmt.Sprint(monitor), "-js", "-sd", filepath.Join(dir, "nats")},
	}
}

// start starts a process, which is killed at the end of the test.
func (f *fleet) start(t *testing.T, p *process) {
	t.Helper()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			text := readFile(p.log)
			t.Logf("--- %s\n%s", p.name, text[max(0, len(text)-4000):])
		}
	})
	p.start(t)
}

func (f *fleet) queue() string { return "nats://" + f.nats.greets }

// disturb sends the mails in portions. While a portion is being sent, except the last one, it
// kills one process and starts it again. It returns how often it has killed a process of each
// kind before all mails had arrived.
func (f *fleet) disturb(t *testing.T, random *rand.Rand, mails, kills int) map[string]int {
	t.Helper()
	killed := map[string]int{}
	portion := mails / (kills + 1)
	var victims []string
	kinds := []string{"relay", "worker", "nats-server"}
	if f.database != nil {
		kinds = append([]string{"postgresql"}, kinds...)
	}
	for i := range kills {
		victims = append(victims, kinds[i%len(kinds)])
	}
	random.Shuffle(kills, func(i, k int) { victims[i], victims[k] = victims[k], victims[i] })
	for i := range kills + 1 {
		n := portion
		if i == kills {
			n = mails - kills*portion
		}
		send := &process{
			name: "outbox-send", log: filepath.Join(f.nats.dir, "send.log"), dir: f.nats.dir,
			argv: []string{filepath.Join(f.bin, "outbox-send"), f.queue(), fmt.Sprint("portion", i), fmt.Sprint(n)},
		}
		send.start(t)
		if i < kills {
			moment := i*portion + random.IntN(portion)*9/10
			eventually(t, fmt.Sprintf("%d mails have arrived", moment), func() bool { return f.sink.count() >= moment })
			time.Sleep(time.Duration(random.IntN(50)) * time.Millisecond)
			var p *process
			switch victims[i] {
			case "relay":
				p = &f.relays[random.IntN(len(f.relays))].process
			case "worker":
				p = f.workers[random.IntN(len(f.workers))]
			case "postgresql":
				p = f.database
			default:
				p = f.nats
			}
			if f.sink.count() < mails {
				killed[victims[i]]++
			}
			p.kill()
			time.Sleep(time.Duration(random.IntN(500)) * time.Millisecond)
			p.start(t)
		}
		select {
		case <-send.done:
			if !send.cmd.ProcessState.Success() {
				t.Fatalf("outbox-send: %v\n%s", send.cmd.ProcessState, readFile(send.log))
			}
		case <-time.After(10 * time.Minute):
			t.Fatal("outbox-send does not end")
		}
	}
	if killed["relay"]+killed["worker"]+killed["nats-server"]+killed["postgresql"] != kills {
		t.Errorf("all mails had arrived before the last of %d kills: %v", kills, killed)
	}
	return killed
}

// settle waits until the ledger, the queue and the relays have finished with all mails.
func (f *fleet) settle(t *testing.T, mails int) {
	t.Helper()
	var last, states string
	changed := time.Now()
	for {
		states = run(t, filepath.Join(f.bin, "outbox-count"), f.ledger)
		left := f.left(t)
		if strings.Contains("\n"+states, fmt.Sprintf("\naccepted\t%d\n", mails)) && left == 0 {
			break
		}
		now := fmt.Sprint(states, left, f.sink.count())
		if now != last {
			last, changed = now, time.Now()
		}
		if time.Since(changed) > 2*time.Minute {
			t.Fatalf("no progress for two minutes: the ledger says\n%s, the queue has %d mails, %d have arrived", states, left, f.sink.count())
		}
		for _, w := range f.workers {
			if w.ended() {
				t.Fatalf("%s has ended (%v):\n%s", w.name, w.cmd.ProcessState, readFile(w.log))
			}
		}
		time.Sleep(500 * time.Millisecond)
	}
	for _, r := range f.relays {
		eventually(t, r.name+" has delivered all mails", func() bool { return !r.waiting(t) })
	}
	t.Logf("the ledger says:\n%s", states)
}

// left returns the number of mails in the queue: those that it has not yet delivered to a
// worker, and those that no worker has acknowledged.
func (f *fleet) left(t *testing.T) int {
	t.Helper()
	reply, err := http.Get("http://" + f.monitor + "/jsz?consumers=1")
	must(t, err)
	defer reply.Body.Close()
	var state struct {
		Accounts []struct {
			Streams []struct {
				Consumers []struct {
					Pending    int `json:"num_pending"`
					AckPending int `json:"num_ack_pending"`
				} `json:"consumer_detail"`
			} `json:"stream_detail"`
		} `json:"account_details"`
	}
	must(t, json.NewDecoder(reply.Body).Decode(&state))
	if len(state.Accounts) != 1 || len(state.Accounts[0].Streams) != 1 || len(state.Accounts[0].Streams[0].Consumers) != 1 {
		t.Fatalf("nats-server has not one stream with one consumer: %+v", state)
	}
	c := state.Accounts[0].Streams[0].Consumers[0]
	return c.Pending + c.AckPending
}

// compare compares the ledger with the mails that have arrived at the sink.
func (f *fleet) compare(t *testing.T, mails, relayKills int) {
	t.Helper()
	f.sink.mu.Lock()
	defer f.sink.mu.Unlock()
	for _, text := range f.sink.broken {
		t.Errorf("a mail without Message-ID or Received: %s", text)
	}
	names := map[string]*relay{}
	for _, r := range f.relays {
		names[r.name] = r
	}
	doubts := map[string]string{} // the rows of the ledger's table doubt, by the id of the mail
	for row := range strings.Lines(run(t, filepath.Join(f.bin, "outbox-count"), f.ledger, "doubt")) {
		id, _, _ := strings.Cut(row, "\t")
		doubts[id] += row
	}
	accepted, twice := 0, 0
	for row := range strings.Lines(run(t, filepath.Join(f.bin, "outbox-count"), f.ledger, "mail")) {
		columns := strings.Split(strings.TrimSuffix(row, "\n"), "\t")
		id, state, relay, messageID, queueID := columns[0], columns[1], columns[2], columns[3], columns[5]
		if state == "accepted" {
			accepted++
		}
		arrivals := f.sink.arrivals[messageID]
		delete(f.sink.arrivals, messageID)
		if len(arrivals) == 0 {
			t.Errorf("%s was %s by %s as %s, but has not arrived:\n%s", id, state, relay, queueID, names[relay].about(messageID))
			continue
		}
		for _, a := range arrivals[1:] {
			if a.relay != arrivals[0].relay || a.queueID != arrivals[0].queueID {
				t.Errorf("%s was sent twice: %+v; the ledger has %s", id, arrivals, row)
				if doubts[id] != "" {
					t.Logf("the doubts about this mail; -settle is too small if a relay's log has its queue id, but later:\n%s", doubts[id])
				}
				for _, a := range arrivals {
					t.Logf("%s says:\n%s", a.relay, names[a.relay].about(a.queueID))
				}
				continue
			}
			twice++
			t.Logf("%s delivered %s twice, at %s and %s:\n%s", a.relay, id, arrivals[0].at.Format(time.StampMilli), a.at.Format(time.StampMilli), names[a.relay].about(a.queueID))
		}
		if queueID != "" && (relay != arrivals[0].relay || queueID != arrivals[0].queueID) {
			t.Errorf("the ledger says %s, but the mail arrived by %+v", row, arrivals[0])
		}
	}
	for messageID, arrivals := range f.sink.arrivals {
		t.Errorf("%s arrived, but is not in the ledger: %+v", messageID, arrivals)
	}
	if accepted != mails {
		t.Errorf("the ledger has %d accepted mails, want %d", accepted, mails)
	}
	if twice > relayKills {
		t.Errorf("relays delivered %d mails twice, but were killed only %d times", twice, relayKills)
	}
	t.Logf("%d mails accepted, each one has arrived; relays delivered %d of them twice", accepted, twice)
}

// postgresql starts a PostgreSQL server that listens only on a Unix socket. It returns
// the server and the connection string.
func postgresql(t *testing.T) (server *process, name string) {
	t.Helper()
	bins, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	must(t, err)
	if len(bins) == 0 {
		t.Fatal("PostgreSQL is not installed")
	}
	newest := slices.MaxFunc(bins, func(a, b string) int { return cmp.Compare(version(a), version(b)) })
	bin, dir := newest, folder(t)
	uid, gid := account(t, "postgres")
	must(t, os.Chown(dir, int(uid), int(gid)))
	data := filepath.Join(dir, "data")
	run(t, "setpriv", "--reuid", fmt.Sprint(uid), "--regid", fmt.Sprint(gid), "--clear-groups",
		filepath.Join(bin, "initdb"), "-D", data, "--no-sync", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8")
	server = &process{
		name: "postgresql", log: filepath.Join(dir, "log"), dir: dir, account: &syscall.Credential{Uid: uid, Gid: gid},
		spaces: syscall.CLONE_NEWPID, // kill also kills the processes that serve connections
		argv:   []string{filepath.Join(bin, "postgres"), "-D", data, "-h", "", "-k", dir},
		serves: func() bool { return exec.Command(filepath.Join(bin, "pg_isready"), "-q", "-h", dir).Run() == nil },
	}
	t.Cleanup(func() {
		// End the server with SIGQUIT: after SIGKILL, its shared memory would remain on the machine.
		_ = server.cmd.Process.Signal(syscall.SIGQUIT)
		select {
		case <-server.done:
		case <-time.After(time.Minute):
			server.kill()
		}
	})
	server.start(t)
	return server, "postgresql:///postgres?user=postgres&host=" + dir
}

// version returns the version in a path such as /usr/lib/postgresql/15/bin.
func version(bin string) float64 {
	v, _ := strconv.ParseFloat(filepath.Base(filepath.Dir(bin)), 64)
	return v
}

// account returns the user id and the group id of an account of this machine.
func account(t *testing.T, name string) (uid, gid uint32) {
	t.Helper()
	fields := strings.Split(strings.TrimSpace(run(t, "getent", "passwd", name)), ":")
	_, err := fmt.Sscan(fields[2]+" "+fields[3], &uid, &gid)
	must(t, err)
	return uid, gid
}
