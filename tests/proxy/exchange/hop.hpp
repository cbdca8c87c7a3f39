#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "profiles/authority.hpp"
#include "profiles/configuration.hpp"
#include "proxy/client/head_read.hpp"
#include "proxy/exchange/last_hop.hpp"
#include "proxy/http/request_target.hpp"
#include "proxy/http/via.hpp"
#include "tests/proxy/exchange/core_world.hpp"

namespace countersign::proxy::exchange {

/// The proxy as a hop between a client and a server that are strings: all that reads, judges and
/// writes messages, in the order in which a session calls it, without profiles and sockets.
class Hop {
public:
    CoreWorld world;
    bool client_keeps = false;  ///< its connection is good for another request

    /// What comes of a client's bytes: those that reach the server, Via included; or the answer's
    /// status, "400".
    std::string request(std::string_view bytes) {
        profiles::Limits limits;
        const client::HeadRead read = client::look_at_head(bytes, 0, limits, head_);
        if (read.end == client::HeadRead::End::incomplete) return "incomplete";
        if (read.end != client::HeadRead::End::complete) {
            return status_of(client::head_failure(read, limits));
        }
        client_keeps = head_.keep_alive;
        http::Destination to;
        const http::TargetError error = http::parse_destination(head_, to);
        if (error == http::TargetError::connect) return "tunnel";
        if (error != http::TargetError::none) return "400";
        if (http::has_come_through(head_, "countersign")) return "502";
        if (http::ends_here(head_)) return last_hop_answer(head_, head_.keep_alive);

        const std::string authority = profiles::authority_text(to.host.view(), to.port).text();
        std::string rewritten;
        http::write_request_head(head_, to.path, authority, rewritten);
        world.request.minor_version = head_.minor_version;
        world.request.client_keeps = head_.keep_alive;
        world.request.upgrade = head_.upgrade;
        world.request.trailers = http::TrailerRules{head_};
        const std::string method{head_.method};
        world.begin_with_body_at_hand(
            method, rewritten, BodyMeter{head_.framing, head_.content_length},
            bytes.substr(read.size), bytes.size() - read.size
        );
        if (world.request.body.invalid()) {
            client_keeps = false;
            return status_of(body_failure_status());
        }
        world.settle();
        method_ = method;
        world.request.method = method_;
        return world.at_server;
    }

    /// What a client gets of a server's bytes, without the Via; or the answer's status, "502". With
    /// `ends`: the server has ended its connection so.
    std::string response(std::string_view bytes, std::optional<net::IoStatus> ends = std::nullopt) {
        world.from_server(bytes);
        if (ends) world.server_ends(*ends);
        world.settle();
        if (!world.core().over()) return without_via(world.at_client) + "…";
        switch (world.verdict()) {
            case Verdict::done:
            case Verdict::tunnel:
                return without_via(world.at_client);
            case Verdict::again:
                return "again";
            case Verdict::answer:
                return "502";
            case Verdict::cut:
                break;
        }
        return without_via(world.at_client) + "!";
    }
    bool server_keeps() { return world.core().server_keeps(); }

private:
    static std::string status_of(const Failure& failure) {
        return std::to_string(row_of(failure.code()).status);
    }
    static Failure body_failure_status() {
        return Failure::of_client(FailureCode::bad_request, {}, {});
    }

    http::Head head_;
    std::string method_;
};

}  // namespace countersign::proxy::exchange
