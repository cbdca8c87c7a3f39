#include "tests/support/authority_site.hpp"

#include <utility>

namespace countersign::tests {

namespace {

/// "POST /ocsp HTTP/1.1…" → "/ocsp"
std::string path_of(const std::string& request) {
    const std::size_t begin = request.find(' ') + 1;
    return request.substr(begin, request.find(' ', begin) - begin);
}

}  // namespace

AuthoritySite::AuthoritySite() : server_{{}, [this](Peer& peer) { serve(peer); }} {}

std::string AuthoritySite::url(const std::string& path) const {
    return "http://" + server_.authority() + path;
}

void AuthoritySite::put(const std::string& path, std::string body) {
    put_answer(path, ok(body, "Connection: close\r\n"));
}

void AuthoritySite::put_answer(const std::string& path, std::string answer) {
    const std::lock_guard lock{mutex_};
    answers_[path] = std::move(answer);
}

void AuthoritySite::hang(const std::string& path) { put_answer(path, ""); }

int AuthoritySite::asked(const std::string& path) const {
    const std::lock_guard lock{mutex_};
    const auto at = asked_.find(path);
    return at == asked_.end() ? 0 : at->second;
}

std::string AuthoritySite::last_request() const {
    const std::lock_guard lock{mutex_};
    return last_request_;
}

void AuthoritySite::serve(Peer& peer) {
    const std::string request = peer.read_request();
    if (request.empty()) return;
    std::string answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    {
        const std::lock_guard lock{mutex_};
        ++asked_[path_of(request)];
        last_request_ = request;
        const auto at = answers_.find(path_of(request));
        if (at != answers_.end()) answer = at->second;
    }
    if (answer.empty()) {
        peer.read_some();  // until the client gives up
    } else {
        peer.write(answer);
    }
}

}  // namespace countersign::tests
