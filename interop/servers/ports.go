// SPDX-License-Identifier: MIT

package servers

import (
	"fmt"
	"math/rand/v2"
	"net"
)

// freePorts finds n ports of 127.0.0.1 that nobody uses just now. They lie
// below the range from which the system takes the ports of outgoing
// connections, so that no client takes one before the server is up.
func freePorts(n int) ([]int, error) {
	var ports []int
	for range 200 * (n + 1) {
		if len(ports) == n {
			return ports, nil
		}
		p := 20000 + rand.IntN(12000)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", p))
		if err != nil {
			continue
		}
		defer l.Close() // all held until the end: no port is given twice
		ports = append(ports, p)
	}
	return nil, fmt.Errorf("no %d free ports on 127.0.0.1", n)
}
