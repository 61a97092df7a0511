/** What a node-local DNS cache loads: connection tracking is to leave it alone. */
export const cacheScript = `table inet cache {
  chain prerouting {
    type filter hook prerouting priority raw; policy accept;
    meta l4proto { tcp, udp } th dport { 53, 54 } fib daddr type local notrack
  }
  chain output {
    type filter hook output priority raw; policy accept;
    meta l4proto { tcp, udp } th sport { 53, 54 } notrack
  }
}`;
