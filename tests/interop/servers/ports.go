// SPDX-License-Identifier: MIT

package servers

import (
	"fmt"
	"net"
	"os"
	"sync"
)

// Ports are chosen below the range of ephemeral ports, so that no outgoing connection
// uses a port before its server listens on it. Each test process starts at a different
// port and uses no port twice.
const (
	firstPort = 20000
	lastPort  = 32000
)

var (
	portsTaken sync.Mutex
	nextPort   = os.Getpid() * 100 % (lastPort - firstPort)
)

// FreePorts returns n ports of 127.0.0.1 that are not in use.
func FreePorts(n int) ([]int, error) {
	portsTaken.Lock()
	defer portsTaken.Unlock()
	var ports []int
	for range lastPort - firstPort {
		if len(ports) == n {
			return ports, nil
		}
		p := firstPort + nextPort
		nextPort = (nextPort + 1) % (lastPort - firstPort)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", p))
		if err != nil {
			continue
		}
		l.Close()
		ports = append(ports, p)
	}
	return nil, fmt.Errorf("fewer than %d free ports on 127.0.0.1", n)
}
