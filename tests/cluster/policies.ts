// This module is pure.

/** Isolates `shop/web` against everybody. */
export const webAlone = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web-alone, namespace: shop }
spec:
  podSelector: { matchLabels: { app: web } }
  policyTypes: [Ingress]
`;

/** Lets pods of the shop that are labelled as clients, and the team's namespaces, come to the web. */
export const webForClients = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web-for-clients, namespace: shop }
spec:
  podSelector: { matchLabels: { app: web } }
  policyTypes: [Ingress]
  ingress:
    - from:
        - podSelector: { matchLabels: { role: client } }
        - namespaceSelector: { matchLabels: { team: a } }
      ports: [{ port: 80 }]
`;

/** Lets `shop/db` talk to nobody but the web. */
export const dbToWebOnly = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: db-to-web-only, namespace: shop }
spec:
  podSelector: { matchLabels: { app: db } }
  policyTypes: [Egress]
  egress:
    - to: [{ podSelector: { matchLabels: { app: web } } }]
`;
