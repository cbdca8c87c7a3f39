#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include "tests/scenarios/faults/fault_case.hpp"
#include "tests/scenarios/operator.hpp"
#include "tests/scenarios/scenario.hpp"

namespace countersign::tests::faults {

/// Over what a matrix runs: the version of TLS, and where the clients come from.
struct Setting {
    std::string name;
    int version;
    bool unix_socket;
    friend void PrintTo(const Setting& setting, std::ostream* out) { *out << setting.name; }
};
inline const Setting kTls12Tcp{"Tls12Tcp", TLS1_2_VERSION, false};
inline const Setting kTls12Unix{"Tls12Unix", TLS1_2_VERSION, true};
inline const Setting kTls13Tcp{"Tls13Tcp", TLS1_3_VERSION, false};
inline const Setting kTls13Unix{"Tls13Unix", TLS1_3_VERSION, true};
inline auto all_settings() { return testing::Values(kTls12Tcp, kTls12Unix, kTls13Tcp, kTls13Unix); }
inline std::string name_of(const testing::TestParamInfo<Setting>& row) { return row.param.name; }

/// What has gone wrong, from any thread.
class Findings {
public:
    void add(const std::string& line);
    std::vector<std::string> all() const;

private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
};

/// A proxy with limits of two seconds, and two destinations that do the same: the connections of
/// one are used once, those of the other again. Both answer GET /good with "good"; the rest is the
/// matrix's.
class FaultWorld {
public:
    /// Is given a request's head; false ends the connection.
    using Serve = std::function<bool(Peer&, const std::string& head)>;

    FaultWorld(const Setting& setting, Serve serve);

    HttpClient connect() const;
    const ScriptedServer& server(bool reused) const { return reused ? reused_ : fresh_; }
    std::string authority(bool reused) const { return server(reused).authority(); }
    ProxyUnderTest& proxy() { return proxy_; }
    Findings& findings() { return findings_; }
    std::string metrics() const;
    /// Of a name with its labels; 0 where it is not there.
    double metric(std::string_view name) const;

    /// Each of `all`, some side by side; behind each the proxy serves, and behind all it holds
    /// nothing. A case has `text()` and `reused`; `try_one` says what is wrong.
    template <class Case, class Try>
    void run(const std::vector<Case>& all, const Try& try_one) {
        std::atomic<std::size_t> next = 0;
        std::vector<std::thread> threads;
        for (int i = 0; i < kSideBySide; ++i) {
            threads.emplace_back([&] {
                for (std::size_t at = next++; at < all.size(); at = next++) {
                    std::string wrong;
                    try {
                        wrong = try_one(all[at]);
                        wrong += what_is_not_served(all[at].reused);
                    } catch (const std::exception& error) {
                        wrong += error.what();
                    }
                    if (!wrong.empty()) findings_.add(all[at].text() + ": " + wrong);
                }
            });
        }
        for (std::thread& thread : threads) thread.join();
        expect_nothing_wrong();
    }
    /// What GET /good gets instead of its answer, on a client connection of its own; empty:
    /// nothing.
    std::string what_is_not_served(bool reused) const;
    /// No findings; and connections, places, bytes that are held, and descriptors are given back.
    void expect_nothing_wrong();
    /// Bytes.
    std::size_t resident() const;

private:
    static constexpr int kSideBySide = 32;

    ScriptedServer::Options options(const Setting& setting) const;
    ScriptedServer::Behaviour behaviour();
    std::string yaml() const;
    std::size_t descriptors() const;

    const Partner partner_;
    const std::filesystem::path socket_ = partner_.files() / "apps.sock";
    const bool unix_socket_;
    const Serve serve_;
    Findings findings_;
    const ScriptedServer fresh_;
    const ScriptedServer reused_;
    ProxyUnderTest proxy_;
    const std::size_t at_rest_ = descriptors();
};

/// One matrix over one setting.
class FaultTest : public testing::TestWithParam<Setting> {};

}  // namespace countersign::tests::faults
