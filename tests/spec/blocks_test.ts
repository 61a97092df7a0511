import { check } from "./check.ts";
import { cluster } from "./cluster.ts";
import { type ApiObject, policy } from "./objects.ts";

const onlyA = { matchLabels: { pod: "a" } };
const block = (cidr: string, ...except: readonly string[]): unknown => ({
  ipBlock: { cidr, ...(except.length === 0 ? {} : { except }) },
});

/** Isolates x/a on ingress, and allows these peers. */
function into(...from: readonly unknown[]): ApiObject {
  return policy("x/in", { podSelector: onlyA, policyTypes: ["Ingress"], ingress: [{ from }] });
}

/** Isolates x/a on egress, and allows these peers. */
function out(...to: readonly unknown[]): ApiObject {
  return policy("x/out", { podSelector: onlyA, policyTypes: ["Egress"], egress: [{ to }] });
}

Deno.test("NP-23: a block matches the source on ingress, network and broadcast included", () => {
  check(cluster(into(block("198.51.100.64/26"), block("2001:db8:1::/64"))), {
    allowed: [
      "198.51.100.64 > x/a:80",
      "198.51.100.100 > x/a:80",
      "198.51.100.127 > x/a:80",
      "2001:db8:1:: > x/a:80",
      "2001:db8:1:0:ffff:ffff:ffff:ffff > x/a:80",
    ],
    denied: [
      "198.51.100.63 > x/a:80",
      "198.51.100.128 > x/a:80",
      "2001:db8:0:ffff:ffff:ffff:ffff:ffff > x/a:80",
      "2001:db8:1:1:: > x/a:80",
      "x/b > x/a:80",
    ],
  });
});

Deno.test("NP-23: a block matches the destination on egress, single addresses too", () => {
  check(cluster(out(block("198.51.100.7/32"), block("2001:db8::7/128"), block("0.0.0.0/1"))), {
    allowed: [
      "x/a > 198.51.100.7:80",
      "x/a > 2001:db8::7:80",
      "x/a > 127.255.255.255:80",
      "x/a > 1.1.1.1:80",
    ],
    denied: ["x/a > 198.51.100.6:80", "x/a > 198.51.100.8:80", "x/a > 2001:db8::8:80"],
  });
});

Deno.test("NP-24: an exception takes its range out of its own item", () => {
  const nested = block("198.51.0.0/16", "198.51.100.0/24", "198.51.100.0/25", "198.51.255.255/32");
  check(cluster(into(nested)), {
    allowed: ["198.51.0.0 > x/a:80", "198.51.99.255 > x/a:80", "198.51.101.0 > x/a:80"],
    denied: [
      "198.51.100.0 > x/a:80",
      "198.51.100.200 > x/a:80",
      "198.51.255.255 > x/a:80",
      "198.52.0.0 > x/a:80",
    ],
  });
});

Deno.test("NP-24: exceptions that leave nothing leave nobody, and not everybody", () => {
  check(cluster(into(block("198.51.100.0/24", "198.51.100.0/25", "198.51.100.128/25"))), {
    denied: ["198.51.100.1 > x/a:80", "203.0.113.9 > x/a:80", "x/b > x/a:80"],
  });
});

Deno.test("NP-25: an exception denies nothing that another peer allows (corner case 9)", () => {
  const most = block("198.51.100.0/24", "198.51.100.64/26");
  check(cluster(into(most, block("198.51.100.70/32"))), {
    allowed: ["198.51.100.1 > x/a:80", "198.51.100.70 > x/a:80"],
    denied: ["198.51.100.71 > x/a:80"],
  });
  const other = policy("x/other", {
    podSelector: {},
    policyTypes: ["Ingress"],
    ingress: [{ from: [block("198.51.100.70/32")] }],
  });
  check(cluster(into(most), other), {
    allowed: ["198.51.100.70 > x/a:80"],
    denied: ["198.51.100.71 > x/a:80"],
  });
  const podAndBlock = [block("10.0.0.0/8", "10.0.1.0/24"), { podSelector: {} }];
  check(cluster(into(...podAndBlock)), {
    allowed: ["x/b > x/a:80", "10.0.2.2 > x/a:80"],
    denied: ["fd00::2:2 > x/a:80"],
  });
});

Deno.test("NP-26: a block matches pods and nodes as it does any other (corner case 10)", () => {
  check(cluster(into(block("10.0.2.0/24"), block("192.168.0.0/24"))), {
    allowed: ["10.0.2.1 > x/a:80", "10.0.2.2 > x/a:80", "192.168.0.2 > x/a:80"],
    denied: ["10.0.3.1 > x/a:80", "10.0.1.2 > x/a:80"],
  });
  check(cluster(out(block("10.0.2.2/32"), block("192.168.0.1/32"))), {
    allowed: ["x/a > 10.0.2.2:80", "x/a > 192.168.0.1:80"],
    denied: ["x/a > 10.0.2.1:80", "x/a > 192.168.0.2:80"],
  });
});

Deno.test("NP-26: an excepted pod is not matched, until a block of its own matches it", () => {
  check(cluster(out(block("10.0.0.0/12", "10.0.2.2/32"))), {
    allowed: ["x/a > 10.0.2.1:80"],
    denied: ["x/a > 10.0.2.2:80"],
  });
  check(cluster(out(block("10.0.2.2/32"))), {
    allowed: ["x/a > 10.0.2.2:80"],
    denied: ["x/a > 10.0.2.1:80"],
  });
});

Deno.test("NP-27: a block is of one family (corner case 14)", () => {
  check(cluster(into(block("0.0.0.0/0"))), {
    allowed: ["203.0.113.9 > x/a:80", "10.0.2.2 > x/a:80"],
    denied: ["2001:db8::9 > x/a:80", "fd00::2:2 > x/a:80"],
  });
  check(cluster(into(block("::/0"))), {
    allowed: ["2001:db8::9 > x/a:80", "fd00::2:2 > x/a:80"],
    denied: ["203.0.113.9 > x/a:80", "10.0.2.2 > x/a:80"],
  });
  check(cluster(into(block("0.0.0.0/0"), block("::/0"))), {
    allowed: ["outside > x/a:80", "y/b > x/a:80", "n2 > x/a ICMP"],
  });
});

Deno.test("NP-27: a whole family less some of it is not the whole family", () => {
  const most = into(block("0.0.0.0/0", "203.0.113.0/24"), block("::/0", "2001:db8::/32"));
  check(cluster(most), {
    allowed: [
      "203.0.112.255 > x/a:80",
      "203.0.114.0 > x/a:80",
      "2001:db9:: > x/a:80",
      "y/b > x/a:80",
    ],
    denied: ["outside > x/a:80"],
  });
  check(cluster(into(block("0.0.0.0/1"), block("128.0.0.0/1"))), {
    allowed: ["203.0.113.9 > x/a:80", "10.0.2.2 > x/a:80"],
    denied: ["2001:db8::9 > x/a:80"],
  });
});

Deno.test("NP-28: host bits of a stored block are masked (corner case 15)", () => {
  check(cluster(into(block("198.51.100.77/24", "198.51.100.200/25"))), {
    allowed: ["198.51.100.0 > x/a:80", "198.51.100.127 > x/a:80"],
    denied: ["198.51.100.128 > x/a:80", "198.51.101.0 > x/a:80"],
  });
  check(cluster(into(block("10.0.0.5/8"), block("2001:db8:1::5/64"))), {
    allowed: ["10.255.255.255 > x/a:80", "10.0.2.2 > x/a:80", "2001:db8:1::9 > x/a:80"],
    denied: ["11.0.0.0 > x/a:80", "2001:db8:2::5 > x/a:80"],
  });
});

Deno.test("NP-28: leading zeros of a stored block are decimal", () => {
  check(cluster(into(block("198.051.100.000/24"))), {
    allowed: ["198.51.100.9 > x/a:80"],
    denied: ["198.41.100.9 > x/a:80"],
  });
});
