// SPDX-License-Identifier: MIT

package servers

import (
	"fmt"
	"net"
	"os"
	"sync"
)

// Ports lie below the range from which the system takes the ports of outgoing
// connections, so that no client takes one before its server is up. Each test
// process begins elsewhere, and gives no port twice.
const (
	firstPort = 20000
	lastPort  = 32000
)

var (
	portsTaken sync.Mutex
	nextPort   = os.Getpid() * 100 % (lastPort - firstPort)
)

// freePorts finds n ports of 127.0.0.1 that nobody uses just now.
func freePorts(n int) ([]int, error) {
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
	return nil, fmt.Errorf("no %d free ports on 127.0.0.1", n)
}
