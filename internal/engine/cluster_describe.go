package engine

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/alicebob/miniredis/v2/server"
)

// clusterInfo answers CLUSTER: for a cluster of this node alone, which is not going to change.
func (s *session) clusterInfo(args []string) { s.engine.describeCluster(s.peer, s.keyspace(), args) }

// clusterInScript is CLUSTER, called from a script.
func clusterInScript(k keyspace, args []string) []byte {
	return written(func(p *server.Peer) { k.engine.describeCluster(p, k, args) })
}

// clusterSwitch answers READONLY, READWRITE and ASKING, which mean nothing to a master that has all slots.
func (s *session) clusterSwitch([]string) {
	if s.engine.cluster == nil {
		s.peer.WriteError(clusterDisabled)
		return
	}
	s.peer.WriteOK()
}

func (e *Engine) describeCluster(p *server.Peer, k keyspace, args []string) {
	l := e.cluster
	if l == nil {
		p.WriteError(clusterDisabled)
		return
	}
	switch name := strings.ToUpper(args[1]); name {
	case "SLOTS":
		l.writeSlots(p, e.address())
	case "SHARDS":
		l.writeShards(p, e.address())
	case "NODES":
		at := e.address()
		p.WriteBulk(fmt.Sprintf("%s %s:%d@0 myself,master - 0 0 0 connected 0-%d\n", l.id, at.host, at.port, hashSlots-1))
	case "LINKS":
		p.WriteLen(0)
	case "INFO":
		p.WriteBulk(clusterState())
	case "MYID":
		p.WriteBulk(l.id)
	case "KEYSLOT":
		p.WriteInt(hashSlot(args[2]))
	case "COUNTKEYSINSLOT":
		countKeysInSlot(p, k, args[2])
	case "GETKEYSINSLOT":
		getKeysInSlot(p, k, args[2], args[3])
	case "REPLICAS", "SLAVES", "COUNT-FAILURE-REPORTS", "FORGET":
		l.aboutNode(p, name, args[2])
	case "FAILOVER":
		p.WriteError("ERR You should send CLUSTER FAILOVER to a replica")
	case "SAVECONFIG":
		p.WriteOK()
	default:
		p.WriteError("ERR CLUSTER " + name + " is not supported by the embedded server")
	}
}

// clusterState is what CLUSTER INFO says.
func clusterState() string {
	return strings.ReplaceAll(fmt.Sprintf(`cluster_state:ok
cluster_slots_assigned:%[1]d
cluster_slots_ok:%[1]d
cluster_slots_pfail:0
cluster_slots_fail:0
cluster_known_nodes:1
cluster_size:1
cluster_current_epoch:0
cluster_my_epoch:0
cluster_stats_messages_sent:0
cluster_stats_messages_received:0
total_cluster_links_buffer_limit_exceeded:0
`, hashSlots), "\n", "\r\n")
}

// address is where clients reach the node. Without a host they are to take the one that they have connected to, and
// without a port there is nothing but connections in memory and unix sockets.
type address struct {
	host      string
	port      int
	encrypted bool
}

// address is that of the first TCP listener.
func (e *Engine) address() address {
	e.sockets.mu.Lock()
	defer e.sockets.mu.Unlock()
	for _, listener := range e.sockets.listeners {
		tcp, ok := listener.Addr().(*net.TCPAddr)
		if !ok {
			continue
		}
		_, plain := listener.(*net.TCPListener)
		at := address{port: tcp.Port, encrypted: !plain}
		if !tcp.IP.IsUnspecified() {
			at.host = tcp.IP.String()
		}
		return at
	}
	return address{}
}

func (l *cluster) writeSlots(p *server.Peer, at address) {
	p.WriteLen(1)
	p.WriteLen(3)
	p.WriteInt(0)
	p.WriteInt(hashSlots - 1)
	p.WriteLen(4)
	p.WriteBulk(at.host)
	p.WriteInt(at.port)
	p.WriteBulk(l.id)
	p.WriteLen(0)
}

func (l *cluster) writeShards(p *server.Peer, at address) {
	p.WriteLen(1)
	p.WriteMapLen(2)
	p.WriteBulk("slots")
	p.WriteLen(2)
	p.WriteInt(0)
	p.WriteInt(hashSlots - 1)
	p.WriteBulk("nodes")
	p.WriteLen(1)
	p.WriteMapLen(7)
	p.WriteBulk("id")
	p.WriteBulk(l.id)
	p.WriteBulk(map[bool]string{false: "port", true: "tls-port"}[at.encrypted])
	p.WriteInt(at.port)
	for _, field := range [][2]string{{"ip", at.host}, {"endpoint", at.host}, {"role", "master"}} {
		p.WriteBulk(field[0])
		p.WriteBulk(field[1])
	}
	p.WriteBulk("replication-offset")
	p.WriteInt(0)
	p.WriteBulk("health")
	p.WriteBulk("online")
}

// aboutNode answers what is asked about a node by its name.
func (l *cluster) aboutNode(p *server.Peer, question, id string) {
	switch {
	case !strings.EqualFold(id, l.id):
		writeError(p, "ERR Unknown node "+excerpt(id, len(id)))
	case question == "FORGET":
		p.WriteError("ERR I tried hard but I can't forget myself...")
	case question == "COUNT-FAILURE-REPORTS":
		p.WriteInt(0)
	default:
		p.WriteLen(0)
	}
}

func countKeysInSlot(p *server.Peer, k keyspace, word string) {
	slot, ok := parseInteger(word)
	switch {
	case !ok:
		p.WriteError(errNotInteger.Error())
	case slot < 0 || slot >= hashSlots:
		p.WriteError("ERR Invalid slot")
	default:
		p.WriteInt(len(k.inSlot(int(slot))))
	}
}

func getKeysInSlot(p *server.Peer, k keyspace, word, most string) {
	slot, ok := parseInteger(word)
	count, countOK := parseInteger(most)
	switch {
	case !ok || !countOK:
		p.WriteError(errNotInteger.Error())
	case slot < 0 || slot >= hashSlots || count < 0:
		p.WriteError("ERR Invalid slot or number of keys")
	default:
		keys := k.inSlot(int(slot))
		p.WriteStrings(keys[:min(count, int64(len(keys)))])
	}
}

// inSlot are the keys of a slot.
func (k keyspace) inSlot(slot int) []string {
	var keys []string
	for _, key := range stringsOf(k.call("KEYS", "*")) {
		if hashSlot(key) == slot {
			keys = append(keys, key)
		}
	}
	return keys
}

// info answers INFO cluster; all other sections are miniredis' business.
func (s *session) info(args []string) {
	if len(args) != 2 || !strings.EqualFold(args[1], "cluster") {
		s.engine.native.Dispatch(s.peer, args)
		return
	}
	enabled := 0
	if s.engine.cluster != nil {
		enabled = 1
	}
	s.peer.WriteBulk("# Cluster\r\ncluster_enabled:" + strconv.Itoa(enabled) + "\r\n")
}
