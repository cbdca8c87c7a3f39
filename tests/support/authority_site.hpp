#pragma once

#include <map>
#include <mutex>
#include <string>

#include "tests/support/scripted_server.hpp"

namespace countersign::tests {

/// What an authority serves over plain HTTP, for any client: OCSP answers, lists, certificates.
/// Each path is answered with what the test has put there; another one with 404.
class AuthoritySite {
public:
    AuthoritySite();

    std::uint16_t port() const { return server_.port(); }
    /// "http://127.0.0.1:PORT/path"
    std::string url(const std::string& path) const;

    /// Answers are 200 with that body from now on.
    void put(const std::string& path, std::string body);
    /// The whole answer, head and body, after which the connection ends.
    void put_answer(const std::string& path, std::string answer);
    /// It is asked, and says nothing.
    void hang(const std::string& path);

    /// How often that path was asked for.
    int asked(const std::string& path) const;
    /// The last request, head and body.
    std::string last_request() const;

private:
    void serve(Peer& peer);

    mutable std::mutex mutex_;
    std::map<std::string, std::string> answers_;  ///< empty: none comes
    std::map<std::string, int> asked_;
    std::string last_request_;
    ScriptedServer server_;
};

}  // namespace countersign::tests
