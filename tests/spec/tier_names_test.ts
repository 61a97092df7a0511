import { check } from "./check.ts";
import { cluster } from "./cluster.ts";
import { answer, type ApiObject, type Fields } from "./objects.ts";
import { anywhere, named, out, port } from "./tiers.ts";

const partner = ["203.0.113.10", "2001:db8::10"];
const other = ["203.0.113.11", "2001:db8::11"];

/** What x/a may reach: these names, and nothing else. */
function only(names: readonly string[], rule: Fields = {}): ApiObject {
  const accept = { action: "Accept", to: [{ domainNames: names }], ...rule };
  return out(accept, { action: "Deny", to: [anywhere] });
}

Deno.test("CNP-14: a name means the addresses that DNS has told for it, of both families", () => {
  const answers = [answer("example.com", partner), answer("example.org", other)];
  check(cluster(only(["example.com"]), ...answers), {
    allowed: ["x/a > 203.0.113.10:443", "x/a > 2001:db8::10:443", "x/a > 203.0.113.10 ICMP"],
    denied: ["x/a > 203.0.113.11:443", "x/a > 2001:db8::11:443", "x/a > y/b:80"],
  });
});

Deno.test("CNP-14: a name that nobody has been told of matches nothing", () => {
  check(cluster(only(["example.com"])), {
    denied: ["x/a > 203.0.113.10:443", "x/a > outside:443"],
  });
});

Deno.test("CNP-14: a wildcard means one or more whole labels, and not the name itself", () => {
  const answers = [
    answer("example.com", ["203.0.113.1"]),
    answer("a.example.com", ["203.0.113.2"]),
    answer("b.a.example.com", ["203.0.113.3"]),
    answer("notexample.com", ["203.0.113.4"]),
    answer("example.com.org", ["203.0.113.5"]),
  ];
  check(cluster(only(["*.example.com"]), ...answers), {
    allowed: ["x/a > 203.0.113.2:443", "x/a > 203.0.113.3:443"],
    denied: ["x/a > 203.0.113.1:443", "x/a > 203.0.113.4:443", "x/a > 203.0.113.5:443"],
  });
  check(cluster(only(["A.Example.COM."]), ...answers), {
    allowed: ["x/a > 203.0.113.2:443"],
    denied: ["x/a > 203.0.113.3:443"],
  });
});

Deno.test("CNP-14 CNP-15: names go with protocols; CNP-16: never with named ports", () => {
  const answers = [answer("example.com", partner)];
  const https = only(["example.com"], { protocols: [port("tcp", 443)] });
  check(cluster(https, ...answers), {
    allowed: ["x/a > 203.0.113.10:443", "x/a > 2001:db8::10:443"],
    denied: ["x/a > 203.0.113.10:80", "x/a > 203.0.113.10:443/UDP", "x/a > 203.0.113.10 ICMP"],
  });
  const pod = only(["b.example.com"], { protocols: [named("serve-80")] });
  check(cluster(pod, answer("b.example.com", ["10.0.2.2"])), { denied: ["x/a > y/b:80"] });
});

Deno.test("CNP-14: names stand beside other peers, and in the order of the rules", () => {
  const answers = [answer("example.com", partner), answer("example.org", other)];
  const deny = { action: "Deny", to: [{ networks: ["203.0.113.10/32"] }] };
  const accept = {
    action: "Accept",
    to: [{ networks: ["203.0.113.99/32"] }, { domainNames: ["example.com", "example.org"] }],
  };
  check(cluster(out(deny, accept, { action: "Deny", to: [anywhere] }), ...answers), {
    allowed: ["x/a > 203.0.113.99:443", "x/a > 203.0.113.11:443", "x/a > 2001:db8::10:443"],
    denied: ["x/a > 203.0.113.10:443", "x/a > 203.0.113.12:443"],
  });
});

Deno.test("CNP-14 CNP-8: a name that stands for a pod opens the way out, not the way in", () => {
  const answers = [answer("b.example.com", ["10.0.2.2"])];
  check(cluster(only(["b.example.com"]), ...answers), {
    allowed: ["x/a > 10.0.2.2:80", "x/b > 10.0.2.2:80"],
    denied: ["x/a > y/a:80"],
  });
});
