#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

/// All that the table can say; an identity whose subject takes more bytes than columns.
std::filesystem::path write_configuration(const Partner& partner) {
    const TempDir& files = partner.files();
    files.write("key", "hunter2\n");
    partner.write_identity("müller", partner.issue_client("müller"));
    return files.write(
        "countersign.yaml",
        "listeners:\n"
        "  - { name: apps, address: 127.0.0.1:3128 }\n"
        "  - { name: lan, address: 0.0.0.0:3129, allow: [10.0.0.0/8] }\n"
        "  - { name: direct, address: \"unix:" +
            (files / "direct.sock").string() +
            "\", mode: \"0600\", profile: named, upstream: \"a.example:443\" }\n"
            "clients: [{ name: billing, password: { file: key } }]\n" +
            partner.certificates() +
            "  - { name: müller, type: pem_key_store, file: müller.pem }\n"
            "profiles:\n"
            "  - { name: plain, hosts: [\"*.example\", \"2001:db8::1\"], key_store: müller, trust: "
            "[partner-ca] }\n"
            "  - name: all\n"
            "    hosts: [bücher.example]\n"
            "    ports: [443, 8443]\n"
            "    paths: [/orders]\n"
            "    methods: [GET, POST]\n"
            "    listeners: [apps]\n"
            "    clients: [billing, \"uid:7\", 10.0.0.0/8]\n"
            "    default_port: 8443\n"
            "    connect_to: \"gw.example:443\"\n"
            "    preserve_host: false\n"
            "    key_store: alice\n"
            "    trust: [partner-ca]\n"
            "    tls: { server_name: gw.example, verify_names: [192.0.2.1, \"spiffe://a/b\"], "
            "min_version: \"1.3\" }\n"
            "    request_headers: { set: { X-Key: { file: key } }, remove: [Cookie] }\n"
            "  - { name: named, tls: { max_version: \"1.2\" } }\n"
            "unmatched: tls\n"
    );
}

std::string checked(const std::filesystem::path& file, const std::string& more = {}) {
    std::vector<std::string> command{countersign_binary(), "check", "-c", file.string()};
    if (!more.empty()) command.push_back(more);
    Process process{command};
    EXPECT_EQ(process.wait_for_exit(), 0) << process.output() << process.errors();
    const std::string days = std::regex_replace(
        process.output(), std::regex{"\\d{4}-\\d\\d-\\d\\d \\(\\d+ days? left\\)"}, "<date>"
    );
    return std::regex_replace(days, std::regex{"\\d{4}-\\d\\d-\\d\\d [0-9:]+ UTC"}, "<time>");
}

TEST(Check, ShowsWhichIdentityGoesWhere) {
    const Partner partner;

    const auto file = write_configuration(partner);

    const std::string text = checked(file);

    EXPECT_EQ(
        text.substr(
            text.find("PROFILE"), text.rfind(": no problem, 3 warnings\n") - text.find("PROFILE")
        ),
        "PROFILE  HOSTS                                                                  "
        "           CLIENTS                     IDENTITY                EXPIRES          "
        "         TRUST                     NOTES\n"
        "plain    *.example, 2001:db8::1                                                 "
        "           any                         CN=müller               <date>  CN=Partne"
        "r Root\n"
        "all      xn--bcher-kva.example port 443, 8443 path /orders method GET, POST list"
        "ener apps  billing, uid:7, 10.0.0.0/8  CN=alice                <date>  CN=Partne"
        "r Root           default port 8443; dials gw.example:443; Host names that; annou"
        "nces gw.example; accepts 192.0.2.1; accepts spiffe://a/b; TLS 1.3 only; sets X-K"
        "ey; removes Cookie\n"
        "named    named:// to any host                                                   "
        "           any                         none (server-only TLS)  -                "
        "         the system's trust store  TLS 1.2 only\n"
        "listener 'direct', unix:" +
            (partner.files() / "direct.sock").string() +
            ": every request gets profile 'named', and goes to a.example:443\n"
            "without a profile: server-only TLS, the system's trust\n" +
            file.string()
    );
    EXPECT_EQ(text.find("hunter2"), std::string::npos);
}

TEST(Check, ShowsWhereTunnelsLead) {
    const Partner partner;
    const auto text = [&](const std::string& more) {
        return checked(partner.files().write(
            "countersign.yaml",
            "profiles: [{ name: web, hosts: [\"*\"], connect_method: tunnel }]\n" + more
        ));
    };

    EXPECT_NE(text("").find("system's trust store  connect_method: tunnel\n"), std::string::npos);
    EXPECT_NE(
        text("unmatched: tunnel_connect\n")
            .find("without a profile: CONNECT gets a tunnel, everything else is refused\n"
                  "tunnels: to public addresses only; nothing verifies the server\n"),
        std::string::npos
    );
    EXPECT_NE(
        text("addresses: { tunnel_private: true }\n")
            .find("without a profile: refused\ntunnels: to any address, private and loopback too; "
                  "nothing verifies the server\n"),
        std::string::npos
    );
}

TEST(Check, SaysTheSameAsJson) {
    const Partner partner;

    const std::string json = checked(write_configuration(partner), "--json");

    const std::string socket = (partner.files() / "direct.sock").string();
    for (const std::string& part : std::vector<std::string>{
             "{\"profile\":\"all\",\"hosts\":[\"xn--bcher-kva.example\"],\"ports\":[443,8443],"
             "\"clients\":[\"billing\",\"uid:7\",\"10.0.0.0/8\"],\"listeners\":[\"apps\"],"
             "\"paths\":[\"/orders\"],\"methods\":[\"GET\",\"POST\"],\"key_store\":\"alice\","
             "\"identity\":\"CN=alice\",\"expires\":\"<date>\",\"days_left\":0,\"trust\":\"CN="
             "Partner Root\",\"connect_method\":"
             "\"reject\",\"notes\":\"default port "
             "8443; "
             "dials gw.example:443; ",
             "{\"profile\":\"named\",\"hosts\":[],\"ports\":[],\"clients\":[],",
             "\"listeners\":[{\"listener\":\"apps\",\"address\":\"127.0.0.1:3128\",\"allow\":"
             "[],"
             "\"profile\":null,\"upstream\":null,\"cross_site\":null,\"rewrite\":[],\"mode\":null,"
             "\"group\":null},"
             "{\"listener\":\"lan\",\"address\":\"0.0.0.0:3129\",\"allow\":[\"10.0.0.0/8\"],",
             "{\"listener\":\"direct\",\"address\":\"unix:" + socket +
                 "\",\"allow\":[],"
                 "\"profile\":\"named\",\"upstream\":\"a.example:443\",\"cross_site\":\"refuse\","
                 "\"rewrite\":[],\"mode\":\"0600\",\"group\":null}],\"unmatched\":\"tls\","}) {
        EXPECT_NE(json.find(part), std::string::npos) << part << "\n" << json;
    }
    EXPECT_EQ(json.find("hunter2"), std::string::npos);
}

TEST(Check, SaysThatTheAccessLogCannotBeOpenedAsRunDoes) {
    const TempDir files;
    const std::string folder = (files.path() / "missing").string();
    const std::string yaml = "log: { access: " + folder + "/access.log }\n";
    const std::string problem = "log.access: " + folder +
                                "/access.log cannot be opened: No such file or directory. There is "
                                "no folder " +
                                folder + "; make it.";

    Process check{
        {countersign_binary(), "check", "-c", files.write("countersign.yaml", yaml).string()}};
    const auto status = check.wait_for_exit();
    const RefusedStart run = start_expecting_refusal(yaml);

    EXPECT_EQ(status, 1);
    EXPECT_NE(check.output().find("problem: " + problem + "\n"), std::string::npos)
        << check.output();
    EXPECT_EQ(run.status, 1);
    EXPECT_NE(run.message.find(problem), std::string::npos) << run.message;
}

TEST(Check, SaysWhyNobodyCanListenAsRunDoes) {
    const TempDir files;
    const std::string folder = (files.path() / "missing").string();
    const std::string precious = files.write("precious", "no socket").string();
    const std::pair<std::string, std::string> rows[] = {
        {"unix:" + folder + "/apps.sock", "there is no folder " + folder + "; make it."},
        {"unix:" + precious + "/apps.sock", precious + " is not a folder."},
        {"unix:" + precious, "a file of that name is there, and it is no socket. Move it away, or"},
        {"192.0.2.1:0", "this machine has no such address. `ip address` shows those that it has"}};
    for (const auto& [address, reason] : rows) {
        const std::string allow = address.starts_with("unix:") ? "" : "allow: [10.0.0.0/8], ";
        const std::string yaml =
            "listeners: [{ name: apps, " + allow + "address: \"" + address + "\" }]\n";
        const std::string problem =
            "listener 'apps': " + address + " cannot be listened at: " + reason;

        Process check{
            {countersign_binary(), "check", "-c", files.write("countersign.yaml", yaml).string()}};
        const auto status = check.wait_for_exit();
        const RefusedStart run = start_expecting_refusal(yaml);

        EXPECT_EQ(status, 1);
        EXPECT_NE(check.output().find("problem: " + problem), std::string::npos) << problem << "\n"
                                                                                 << check.output();
        EXPECT_EQ(run.status, 1);
        EXPECT_NE(run.message.find(problem), std::string::npos) << run.message;
    }
}

TEST(Check, NotesThatSomebodyListensThere) {
    const TempDir files;
    const ProxyUnderTest proxy{"listeners: [{ name: apps, address: \"127.0.0.1:0\" }]\n"};
    const std::string address = "127.0.0.1:" + std::to_string(proxy.port());
    const std::string socket = "unix:" + (files / "here.sock").string();
    const ProxyUnderTest local{"listeners: [{ name: apps, address: \"" + socket + "\" }]\n"};
    const std::string yaml = "listeners:\n  - { name: apps, address: \"" + address +
                             "\" }\n  - { name: local, address: \"" + socket + "\" }\n";

    const std::string text = checked(files.write("countersign.yaml", yaml));

    for (const std::string& line :
         {"note: listener 'apps': " + address + " is in use now",
          "note: listener 'local': " + socket + " is in use now"}) {
        EXPECT_NE(
            text.find(
                line + "; unless that is by Countersign with this configuration, or by the service "
                       "manager for it, it cannot start\n"
            ),
            std::string::npos
        ) << text;
    }
    HttpClient client = HttpClient::unix_socket(files / "here.sock");
    EXPECT_EQ(client.exchange(get("/", "nobody.example")).status, 403);
    // What a reload of the one that runs would not change.
    constexpr std::string_view kRestart = "\nnote: workers: a proxy that runs keeps the number ";
    EXPECT_EQ(text.find(kRestart), std::string::npos) << text;
    const std::string with_workers =
        checked(files.write("countersign.yaml", yaml + "workers: 2\n"));
    EXPECT_NE(with_workers.find(kRestart), std::string::npos) << with_workers;
}

TEST(Check, WarnsOfASecretThatEverybodyMayReadAsRunDoes) {
    const Partner partner;
    const Issued carol = partner.issue_client("carol");
    const auto file = partner.files().write("carol.pem", carol.chain_pem() + carol.key_pem());
    std::filesystem::permissions(file, std::filesystem::perms{0604});
    std::filesystem::permissions(partner.files().path(), std::filesystem::perms{0755});
    const std::string yaml =
        "certificates: [{ name: carol, type: pem_key_store, file: " + file.string() +
        " }]\nprofiles: [{ name: a, hosts: [a.example], key_store: carol }]\n";
    const std::string warning = file.string() +
                                " holds a private key, and every user of this machine can read it "
                                "(mode 0604): ch";

    Process check{
        {countersign_binary(), "check", "-c",
         partner.files().write("countersign.yaml", yaml).string()}};
    const auto status = check.wait_for_exit();
    const ProxyUnderTest run{yaml};

    EXPECT_EQ(status, 0);
    EXPECT_NE(check.output().find("warning: "), std::string::npos) << check.output();
    EXPECT_NE(check.output().find(warning), std::string::npos) << check.output();
    EXPECT_NE(run.log().find(" warning "), std::string::npos) << run.log();
    EXPECT_NE(run.log().find(warning), std::string::npos) << run.log();
}

/// What `check` says of a key of 1024 bits, that of the key store or that of the trust.
std::string told_of_weak_key(const Partner& partner, const std::string& profiles) {
    const Ca old = Ca::root("Old Root", KeyKind::rsa_1024);
    const auto trust = partner.files().write("old.pem", old.certificate_pem());
    const auto identity = partner.write_identity(
        "weak", partner.issuer().issue(
                    {.common_name = "weak", .client_auth = true, .key_kind = KeyKind::rsa_1024}
                )
    );
    std::filesystem::permissions(identity, std::filesystem::perms{0600});
    Process check{
        {countersign_binary(), "check", "-c",
         partner.files()
             .write(
                 "countersign.yaml",
                 "certificates:\n  - { name: weak, type: pem_key_store, file: " +
                     identity.string() + " }\n  - { name: old, type: trust_store_cert, file: " +
                     trust.string() + " }\nprofiles:\n" + profiles
             )
             .string()}};
    check.wait_for_exit();
    return check.output();
}

TEST(Check, WarnsOfAWeakKeyWhereEveryProfileWithItAcceptsThat) {
    const Partner partner;
    const std::string accepting = "tls: { danger_weak_keys: true }";
    const std::string ours =
        "certificate record 'weak': " + (partner.files() / "weak.pem").string();
    const std::string theirs =
        "certificate record 'old': " + (partner.files() / "old.pem").string();

    const std::string accepted = told_of_weak_key(
        partner, "  - { name: a, hosts: [a.example], key_store: weak, trust: [old], " + accepting +
                     " }\n  - { name: b, hosts: [b.example] }\n"
    );
    for (const std::string& record : {ours, theirs}) {
        const auto at = accepted.find(record);
        ASSERT_NE(at, std::string::npos) << accepted;
        const std::string line = accepted.substr(accepted.rfind('\n', at) + 1);
        EXPECT_TRUE(line.starts_with("warning: ")) << line;
    }
    EXPECT_EQ(accepted.find("problem: "), std::string::npos) << accepted;

    const std::string trusted = told_of_weak_key(
        partner, "  - { name: a, hosts: [a.example], key_store: weak, trust: [old], " + accepting +
                     " }\n  - { name: b, hosts: [b.example], trust: [old] }\n"
    );
    EXPECT_NE(trusted.find("problem: "), std::string::npos) << trusted;
    EXPECT_EQ(trusted.find("problem: "), trusted.rfind("problem: ")) << trusted;
    EXPECT_NE(trusted.find("is for a key of RSA 1024 bits"), std::string::npos) << trusted;
}

/// Of a process that may have 64 of them.
std::string checked_with_few_descriptors(const std::string& yaml) {
    const TempDir files;
    Process check{
        {"/bin/sh", "-c", "ulimit -n 64; exec \"$0\" check -c \"$1\"", countersign_binary(),
         files.write("countersign.yaml", yaml).string()}};
    EXPECT_EQ(check.wait_for_exit(), 0) << check.errors();
    return check.output();
}

TEST(Check, NotesThatFileDescriptorsAreShort) {
    const std::string many =
        checked_with_few_descriptors("workers: 1\nlimits: { client_connections: 100 }\n");
    const std::string one =
        checked_with_few_descriptors("workers: 1\nlimits: { client_connections: 1 }\n");

    EXPECT_NE(
        many.find("note: limits.client_connections: 100 clients may need "), std::string::npos
    ) << many;
    EXPECT_NE(many.find("and this process may have 64: "), std::string::npos) << many;
    EXPECT_EQ(one.find("note: limits.client_connections"), std::string::npos) << one;
}

}  // namespace
}  // namespace countersign::tests
