#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/scenarios/who_asks.hpp"

// What a proxy that runs has given up, seen from outside.
namespace countersign::tests {
namespace {

namespace fs = std::filesystem;

/// The value in a line of a thread's or a process's status: "Seccomp:\t2".
std::string status_of(const fs::path& process, const std::string& name) {
    std::ifstream file{process / "status"};
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with(name + ":\t")) return line.substr(name.size() + 2);
    }
    return "none";
}

fs::path of(const Process& process) { return "/proc/" + std::to_string(process.pid()); }

/// The value, which all threads have; "they differ" where they do not.
std::string of_all_threads(const Process& process, const std::string& name) {
    std::string value;
    std::size_t threads = 0;
    for (const auto& thread : fs::directory_iterator{of(process) / "task"}) {
        const std::string one = status_of(thread.path(), name);
        if (threads++ > 0 && one != value) return "they differ";
        value = one;
    }
    return threads > 3 ? value : "too few threads";
}

std::string sandbox_line(const std::string& log) {
    const auto at = log.find("sandbox: ");
    return at == std::string::npos ? "" : log.substr(at, log.find('\n', at) - at);
}

TEST(Sandbox, IsInForceInEveryThread) {
    const ProxyUnderTest proxy{"workers: 3\nlog: { access: off }\n"};
    const std::string line = sandbox_line(proxy.log());

    EXPECT_EQ(of_all_threads(proxy.process(), "Seccomp"), "2");
    EXPECT_EQ(of_all_threads(proxy.process(), "NoNewPrivs"), "1");
    EXPECT_TRUE(line.starts_with(
        "sandbox: no core dump and no debugger of the same user, no new privileges, "
    )) << line;
    EXPECT_TRUE(has(line, " system calls refused (seccomp)")) << line;
    EXPECT_TRUE(has(line, "no program is executed, files are written nowhere (Landlock ")) << line;
}

TEST(Sandbox, ThatIsOffKeepsNothing) {
    const ProxyUnderTest proxy{"sandbox: off\n"};

    EXPECT_TRUE(sandbox_line(proxy.log()).starts_with("sandbox: off")) << proxy.log();
    EXPECT_EQ(of_all_threads(proxy.process(), "Seccomp"), status_of("/proc/self", "Seccomp"));
    EXPECT_EQ(of_all_threads(proxy.process(), "NoNewPrivs"), status_of("/proc/self", "NoNewPrivs"));
}

TEST(Sandbox, TakesARestartToChange) {
    ProxyUnderTest proxy{"workers: 1\n"};

    const std::string told = proxy.reload("workers: 1\nsandbox: off\n");

    EXPECT_TRUE(has(told, "sandbox and user take effect at the start; a change takes a restart"))
        << told;
}

/// A log in log/, a unix socket in run/; and another folder.
class Folders {
public:
    Folders() {
        for (const char* const name : {"log", "run", "other"}) fs::create_directory(at(name));
    }
    fs::path at(const std::string& name) const { return files_ / name; }
    std::string yaml(const std::string& log, const std::string& socket) const {
        return "listeners:\n  - { name: apps, address: 127.0.0.1:0 }\n"
               "  - { name: local, address: \"unix:" +
               at(socket).string() + "\" }\nlog: { access: " + at(log).string() + " }\n";
    }

private:
    TempDir files_;
};

std::size_t lines_in(const fs::path& path) {
    std::ifstream file{path};
    std::size_t lines = 0;
    for (std::string line; std::getline(file, line);) ++lines;
    return lines;
}

TEST(Sandbox, LetsLogsBeRotatedAndSocketsBeMadeAnew) {
    const Folders folders;
    ProxyUnderTest proxy{folders.yaml("log/access.log", "run/apps.sock")};
    const auto ask = [&](const char* socket) {
        return HttpClient::unix_socket(folders.at(socket))
            .exchange(absolute_get("nobody.example", "/"))
            .status;
    };
    const auto logged = [&](const char* log) {
        wait_until("a line is written", [&] { return lines_in(folders.at(log)) == 1; });
    };
    EXPECT_EQ(ask("run/apps.sock"), 403);
    logged("log/access.log");

    fs::rename(folders.at("log/access.log"), folders.at("log/access.log.1"));
    proxy.process().send_signal(SIGUSR1);
    wait_until("it is opened anew", [&] { return fs::exists(folders.at("log/access.log")); });
    EXPECT_EQ(ask("run/apps.sock"), 403);
    logged("log/access.log");

    proxy.reload(folders.yaml("log/another.log", "run/another.sock"));
    EXPECT_EQ(ask("run/another.sock"), 403);
    logged("log/another.log");
    EXPECT_FALSE(fs::exists(folders.at("run/apps.sock")));

    EXPECT_EQ(proxy.stop(), 0);
    EXPECT_FALSE(fs::exists(folders.at("run/another.sock")));
}

TEST(Sandbox, RefusesAReloadThatWouldWriteElsewhere) {
    const Folders folders;
    const std::string before = folders.yaml("log/access.log", "run/apps.sock");
    ProxyUnderTest proxy{before};

    const std::string told = proxy.try_reload(folders.yaml("other/access.log", "other/apps.sock"));

    const std::string since = " by this process: since its start it writes in " +
                              folders.at("log").string() + " and " + folders.at("run").string() +
                              " only (sandbox). Restart countersign to write in " +
                              folders.at("other").string() + ", or name a place that was there.";
    const std::string log = folders.at("other/access.log").string();
    const std::string socket = folders.at("other/apps.sock").string();
    EXPECT_TRUE(has(told, "log.access: " + log + " cannot be written" + since)) << told;
    EXPECT_TRUE(has(told, "listener 'local': " + socket + " cannot be made" + since)) << told;
    EXPECT_TRUE(has(told, "not reloaded; what was loaded before goes on")) << told;
    EXPECT_TRUE(fs::is_empty(folders.at("other")));
    EXPECT_EQ(proxy.exchange(absolute_get("nobody.example", "/")).status, 403);
    proxy.reload(before);
}

TEST(Sandbox, NamesAFolderOfTheLogThatWasMadeAnew) {
    const Folders folders;
    ProxyUnderTest proxy{folders.yaml("log/access.log", "run/apps.sock")};

    fs::remove_all(folders.at("log"));
    fs::create_directory(folders.at("log"));
    proxy.process().send_signal(SIGUSR1);

    wait_until("it says why", [&] {
        return has(proxy.log(), "The access log goes on where it went") &&
               has(proxy.log(), " cannot be written by this process: since its start " +
                                    folders.at("log").string() + " was made anew, ");
    });
}

std::vector<std::string> asked(const char* command, const fs::path& file) {
    return {countersign_binary(), command, "-c", file.string()};
}

/// A configuration and a key that the user `nobody` may read, and one that it may not.
class ForNobody {
public:
    ForNobody() {
        ::chmod(partner_.files().path().c_str(), 0755);
        for (const auto& entry : fs::directory_iterator{partner_.files().path()}) {
            fs::permissions(entry.path(), fs::perms{0644});
        }
    }
    const Partner& partner() const { return partner_; }
    fs::path write(const std::string& more = {}) const {
        const fs::path file = partner_.files().write(
            "countersign.yaml", partner_.configuration(443, {}, "user: nobody\nadmin: off\n") +
                                    more + "listeners: [{ name: apps, address: 127.0.0.1:0 }]\n"
        );
        fs::permissions(file, fs::perms{0644});
        return file;
    }
    /// Who is not root can be nobody else.
    void expect_refusal_of_who_is_not_root() const {
        const fs::path file = write();
        Process proxy{asked("run", file)};
        EXPECT_EQ(proxy.wait_for_exit(), 1);
        EXPECT_TRUE(has(proxy.errors(), ", which may not become nobody. Start it as root, "))
            << proxy.errors();
        Process check{asked("check", file)};
        EXPECT_EQ(check.wait_for_exit(), 0) << check.output();
    }
    void hide(const char* name) const { fs::permissions(partner_.files() / name, fs::perms{0600}); }

private:
    Partner partner_;
};

TEST(User, IsWhoRootBecomes) {
    const ForNobody files;
    if (::geteuid() != 0) return files.expect_refusal_of_who_is_not_root();
    Process proxy{asked("run", files.write())};
    wait_until("it listens", [&] { return has(proxy.errors(), "listening on "); });

    EXPECT_EQ(of_all_threads(proxy, "Uid"), "65534\t65534\t65534\t65534");
    EXPECT_EQ(of_all_threads(proxy, "Gid"), "65534\t65534\t65534\t65534");
    EXPECT_EQ(of_all_threads(proxy, "CapEff"), "0000000000000400");  // CAP_NET_BIND_SERVICE
    EXPECT_EQ(of_all_threads(proxy, "CapPrm"), "0000000000000400");
    EXPECT_TRUE(sandbox_line(proxy.errors()).ends_with("; it runs as nobody")) << proxy.errors();
    // Whose memory others of the user may not look into is root's.
    struct stat status {};
    ASSERT_EQ(::stat((of(proxy) / "mem").c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, 0U);

    files.hide("alice.pem");
    proxy.send_signal(SIGHUP);
    wait_until("it reads as that user", [&] {
        return has(
            proxy.errors(),
            "alice.pem cannot be read: Permission denied. Let the user that "
            "this process runs as (uid 65534) read it"
        );
    });
    proxy.send_signal(SIGTERM);
    EXPECT_EQ(proxy.wait_for_exit(), 0);
}

TEST(User, IsWhoCheckReadsAs) {
    const ForNobody files;
    if (::geteuid() != 0) return files.expect_refusal_of_who_is_not_root();
    const fs::path file = files.write();
    Process well{asked("check", file)};
    EXPECT_EQ(well.wait_for_exit(), 0) << well.output();

    files.hide("alice.pem");
    Process key{asked("check", file)};
    EXPECT_EQ(key.wait_for_exit(), 1);
    EXPECT_TRUE(
        has(key.output(),
            "alice.pem cannot be read: Permission denied. Let the user that "
            "this process runs as (uid 65534) read it")
    ) << key.output();

    files.hide("countersign.yaml");
    for (const char* const command : {"check", "run"}) {
        Process configuration{asked(command, file)};
        EXPECT_EQ(configuration.wait_for_exit(), 1);
        EXPECT_TRUE(
            has(configuration.output() + configuration.errors(),
                "user: nobody cannot read " + file.string() +
                    " (Permission denied), and a reload reads it as that user. Let that user read "
                    "it, and pass the directories above it.")
        ) << configuration.output();
    }
}

TEST(User, IsNamedWhereTheProxyRunsAsRoot) {
    const ProxyUnderTest proxy{"workers: 1\n"};

    const std::string line = sandbox_line(proxy.log());

    EXPECT_EQ(has(line, "; it runs as root: with user: NAME it would not"), ::geteuid() == 0)
        << line;
}

}  // namespace
}  // namespace countersign::tests
