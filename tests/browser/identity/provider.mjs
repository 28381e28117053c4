// An OpenID Connect provider on this machine, for one test run: `node provider.mjs PORT REDIRECT_URI ACCOUNTS`.
// ACCOUNTS is JSON: login name -> claims. Any password fits. PKCE is required, tokens are signed.
import Provider from "oidc-provider";

const [port, redirectUri, accounts] = process.argv.slice(2);
const claimsOf = JSON.parse(accounts);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: "dashboard",
      client_secret: "only-for-tests-on-this-machine",
      redirect_uris: [redirectUri],
      post_logout_redirect_uris: [redirectUri],
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  cookies: { keys: ["only-for-tests"] },
  findAccount: (_, id) =>
    claimsOf[id] && { accountId: id, claims: async () => ({ sub: id, ...claimsOf[id] }) },
});

provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));
