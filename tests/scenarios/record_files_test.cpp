#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/scenarios/record_administrator.hpp"
#include "tests/support/listening_socket.hpp"
#include "tests/support/process.hpp"

namespace countersign::tests {
namespace {

namespace fs = std::filesystem;

class RecordFiles : public RecordAdministrator {};

TEST_F(RecordFiles, AreRefusedWholeAndPutBack) {
    ProxyUnderTest proxy{configuration()};
    const Response made = call(proxy, "POST", "certificates", draft("carol", "carol"));
    ASSERT_EQ(made.status, 201);
    proxy.write_configuration(configuration("limits: { headers: many }\n"));
    const Response refused = call(proxy, "PUT", "certificates/carol", draft("dave"), seen(made));
    EXPECT_EQ(refused.status, 422);
    EXPECT_TRUE(has(refused.body, "limits.headers")) << refused.body;
    EXPECT_TRUE(has(refused.body, "all is as it was before")) << refused.body;
    EXPECT_EQ(files().size(), 5U) << "the YAML, a store, a password, the audit log, the lock";
    EXPECT_TRUE(has(read_bytes(folder_ / "audit.log"), "\"result\":\"put back: "));
    proxy.reload(configuration());
    EXPECT_EQ(
        text_at(call(proxy, "GET", "certificates/carol").body, "version"),
        text_at(made.body, "version")
    );
}

TEST_F(RecordFiles, ArePutBackAtTheNextStartWhereAChangeWasInterrupted) {
    std::string store;
    {
        const ProxyUnderTest proxy{configuration()};
        ASSERT_EQ(call(proxy, "POST", "certificates", draft("carol", "carol")).status, 201);
        for (const std::string& name : files()) {
            if (name.ends_with(".p12")) store = name;
        }
    }
    // As a process leaves it that is killed after it has written, and before it has loaded.
    fs::create_hard_link(folder_ / store, folder_ / ("." + store + ".before"));
    std::ofstream{folder_ / "next"} << "no key store at all";
    fs::rename(folder_ / "next", folder_ / store);
    std::ofstream{folder_ / "left.yaml"} << "certificates: []\n";
    std::ofstream{folder_ / ".countersign.change"} << "was " + store + "\nnew left.yaml\n";

    ProxyUnderTest proxy{configuration()};

    EXPECT_EQ(call(proxy, "GET", "certificates/carol").status, 200);
    EXPECT_FALSE(fs::exists(folder_ / "left.yaml"));
    proxy.log_line_with(
        {"console: a change was interrupted by the end of the process, and is put back: " + store +
         ", left.yaml in " + folder_.string() + ". Make it again if it is wanted."}
    );
    EXPECT_TRUE(
        has(read_bytes(folder_ / "audit.log"),
            "\"what\":\"put back\",\"files\":\"" + store +
                ", left.yaml\",\"who\":\"countersign\",\"from\":\"itself\"")
    ) << read_bytes(folder_ / "audit.log");
}

TEST_F(RecordFiles, WantARestartWhereTheFolderWasMadeAnew) {
    ProxyUnderTest proxy{configuration()};
    ASSERT_EQ(call(proxy, "POST", "certificates", draft("carol", "carol")).status, 201);
    fs::rename(folder_, partner_.files() / "former");
    fs::copy(partner_.files() / "former", folder_);
    const std::string told = proxy.try_reload();
    const std::string folder = folder_.string();
    EXPECT_TRUE(
        has(told, "console.directory: " + folder +
                      " cannot be written by this process: since its start " + folder +
                      " was made anew, and the one that was there is still the only one of that "
                      "name that it writes in (sandbox). Restart countersign.")
    ) << told;
    const Response refused = call(proxy, "POST", "certificates", draft("dave", "dave"));
    EXPECT_EQ(refused.status, 422);
    EXPECT_TRUE(
        has(refused.body,
            "The rights of console.directory allow it, and the sandbox does not: the folder was "
            "made anew since countersign started. Restart countersign.")
    ) << refused.body;
}

TEST_F(RecordFiles, ThatEveryoneCanMakeAreWarnedOf) {
    fs::permissions(partner_.files().path(), fs::perms{0755});
    fs::permissions(folder_, fs::perms{0777});
    ProxyUnderTest proxy{configuration()};
    const std::string warning = "console.directory: every user of this machine can write in " +
                                folder_.string() +
                                " and so add profiles and key stores to the configuration (mode "
                                "0777): chmod o-w " +
                                folder_.string();
    EXPECT_TRUE(has(proxy.log(), warning)) << proxy.log();
    const fs::path file = partner_.files().write("whole.yaml", configuration());
    Process check{{countersign_binary(), "check", "-c", file.string()}};
    EXPECT_EQ(check.wait_for_exit(), 0) << "it is no problem";
    EXPECT_TRUE(has(check.output() + check.errors(), "warning: " + warning)) << check.errors();
    fs::permissions(folder_, fs::perms{0755});
    const std::string told = proxy.try_reload(configuration());
    EXPECT_FALSE(has(told, "can write in")) << told;
}

TEST_F(RecordFiles, AreFilesAndNoFolders) {
    ProxyUnderTest proxy{configuration()};
    fs::create_directory(folder_ / "x.yaml");
    const std::string told = proxy.try_reload(configuration());
    EXPECT_TRUE(has(told, (folder_ / "x.yaml").string() + ": is not a file")) << told;
    EXPECT_TRUE(has(told, "not reloaded; what was loaded before goes on")) << told;
    fs::remove(folder_ / "x.yaml");
    proxy.reload(configuration());
    EXPECT_EQ(call(proxy, "POST", "certificates", draft("carol", "carol")).status, 201);
}

TEST_F(RecordFiles, AreNotWrittenWhereTheirTextAloneIsRefused) {
    const ProxyUnderTest proxy{configuration()};
    const Response refused = call(proxy, "POST", "certificates", draft("carol", "system"));
    EXPECT_EQ(refused.status, 422);
    EXPECT_TRUE(has(refused.body, "name: 'system' is the name of the system's trust store"))
        << refused.body;
    EXPECT_EQ(text_at(refused.body, "field"), "name");
    EXPECT_EQ(files().size(), 1U) << "the lock";
}

TEST_F(RecordFiles, LeaveAloneWhatWasWrittenByHand) {
    ProxyUnderTest proxy{configuration()};
    ASSERT_EQ(call(proxy, "POST", "certificates", draft("carol", "carol")).status, 201);
    for (const std::string& name : files()) {
        if (!name.ends_with(".yaml")) continue;
        std::ofstream{folder_ / name, std::ios::app} << "# ours\n";
    }
    proxy.reload();
    const Response seen_one = call(proxy, "GET", "certificates/carol");
    EXPECT_TRUE(has(
        seen_one.body, "was changed by hand, or by another process: change it there, and reload."
    )) << seen_one.body;
    EXPECT_EQ(call(proxy, "DELETE", "certificates/carol", {}, seen(seen_one)).status, 422);
    const Response hand = call(proxy, "GET", "certificates/by-hand");
    EXPECT_TRUE(has(hand.body, "which is written by hand: change it there.")) << hand.body;
    EXPECT_EQ(call(proxy, "DELETE", "certificates/by-hand", {}, seen(hand)).status, 422);
}

TEST_F(RecordFiles, LeaveAloneWhatAHandWroteAsTheyWouldHave) {
    ProxyUnderTest proxy{configuration()};
    ASSERT_EQ(call(proxy, "POST", "certificates", draft("carol", "carol")).status, 201);
    for (const std::string& name : files()) {
        if (name.ends_with(".yaml"))
            std::ofstream{folder_ / name, std::ios::app} << "    send_root: true\n";
    }
    proxy.reload();
    const Response one = call(proxy, "GET", "certificates/carol");
    EXPECT_TRUE(has(one.body, "was changed by hand, or by another process")) << one.body;
    EXPECT_EQ(call(proxy, "PUT", "certificates/carol", draft("dave"), seen(one)).status, 422);
}

TEST_F(RecordFiles, DeleteNoFileThatAnotherRecordNames) {
    ProxyUnderTest proxy{configuration()};
    const Response made = call(proxy, "POST", "certificates", draft("carol", "carol"));
    ASSERT_EQ(made.status, 201);
    std::string more;
    for (const std::string& name : files()) {
        if (name.ends_with(".p12")) more = "file: " + (folder_ / name).string();
        if (name.ends_with(".p12"))
            more += ", password: { file: " +
                    (folder_ / fs::path{name}.replace_extension(".password")).string() + " }";
    }
    std::string also = configuration();
    const std::string begin = "certificates:\n";
    also.insert(
        also.find(begin) + begin.size(),
        "  - { name: also, type: pkcs12_key_store, " + more + " }\n"
    );
    proxy.reload(also);
    EXPECT_EQ(call(proxy, "DELETE", "certificates/carol", {}, seen(made)).status, 204);
    EXPECT_TRUE(has(proxy.reload(), "reloaded")) << "its store is still there";
}

TEST_F(RecordFiles, DeleteNoFileThatAProfileNames) {
    ProxyUnderTest proxy{configuration()};
    const Response made = call(proxy, "POST", "certificates", draft("carol", "carol"));
    ASSERT_EQ(made.status, 201) << made.body;
    std::string password;
    for (const std::string& name : files()) {
        if (name.ends_with(".password")) password = name;
    }
    // Written by hand, where it may be.
    proxy.reload(configuration(
        "profiles:\n  - { name: partner, hosts: [a.example], trust: [by-hand], request_headers: { "
        "set: { X-Key: { file: " +
        (folder_ / password).string() + " } } } }\n"
    ));
    EXPECT_EQ(
        call(proxy, "PUT", "certificates/carol", draft("carol-renewed"), seen(made)).status, 200
    );
    EXPECT_TRUE(std::filesystem::exists(folder_ / password));
    proxy.reload();
}

TEST_F(RecordFiles, KeepNoSecretThatNothingNames) {
    const ProxyUnderTest proxy{configuration()};
    const std::string pem = read_bytes(partner_.root_file());
    const std::string made =
        "{\"name\":\"ca\",\"key_password\":\"x\",\"content\":\"" + base64(pem) + "\"}";
    ASSERT_EQ(call(proxy, "POST", "certificates", made).status, 201);
    EXPECT_EQ(files().size(), 4U) << "the YAML, the certificates, the audit log, the lock";
}

TEST_F(RecordFiles, AreNotInForceWhereTheRenewedIdentityIsHeldBack) {
    ProxyUnderTest proxy{configuration()};
    const Response made = call(proxy, "POST", "certificates", draft("carol", "carol"));
    ASSERT_EQ(made.status, 201);
    const ClosedPort nobody;
    proxy.reload(configuration(
        "profiles:\n  - { name: partner, hosts: [localhost, 127.0.0.1], ports: [" +
        std::to_string(server_.port()) + ", " + std::to_string(nobody.port()) +
        "], default_port: " + std::to_string(server_.port()) +
        ", key_store: carol, trust: [by-hand], rotation: { verify_with: \"https://127.0.0.1:" +
        std::to_string(nobody.port()) + "/\" } }\n"
    ));
    const Response held = call(proxy, "PUT", "certificates/carol", draft("dave"), seen(made));
    EXPECT_EQ(held.status, 422) << held.body;
    EXPECT_TRUE(has(held.body, "is not used yet")) << held.body;
    EXPECT_TRUE(has(held.body, "all is as it was before")) << held.body;
    HttpClient client = proxy.connect();
    EXPECT_TRUE(has(ask(client, server_), "CN=carol"));
    EXPECT_EQ(files().size(), 5U);
}

TEST_F(RecordFiles, AreNotInForceWhereTheFolderIsAnotherMeanwhile) {
    const ProxyUnderTest proxy{configuration()};
    proxy.write_configuration(yaml("console: { enabled: true }\n"));
    const Response got = call(proxy, "POST", "certificates", draft("carol", "carol"));
    EXPECT_EQ(got.status, 422) << got.body;
    EXPECT_TRUE(has(got.body, "The configuration was changed meanwhile")) << got.body;
    EXPECT_EQ(files().size(), 2U) << "the audit log and the lock";
}

TEST_F(RecordFiles, AreNotWrittenWhereNobodyCouldTellWhoDidIt) {
    const ProxyUnderTest proxy{configuration()};
    const auto refused = [&](const std::string& why) {
        const Response got = call(proxy, "POST", "certificates", draft("carol", "carol"));
        EXPECT_EQ(got.status, 422);
        EXPECT_TRUE(
            has(got.body,
                "Nothing is changed: it could not be told who has changed it. The audit "
                "log, " +
                    (folder_ / "audit.log").string() + ", cannot be written: " + why)
        ) << got.body;
    };
    std::filesystem::create_directory(folder_ / "audit.log");
    refused("Is a directory.");
    std::filesystem::remove(folder_ / "audit.log");
    std::filesystem::create_symlink("elsewhere", folder_ / "audit.log");
    refused("it is a symbolic link.");
    std::filesystem::remove(folder_ / "audit.log");
    EXPECT_EQ(call(proxy, "POST", "certificates", draft("carol", "carol")).status, 201);
}

}  // namespace
}  // namespace countersign::tests
