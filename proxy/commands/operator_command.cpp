#include "proxy/commands/operator_command.hpp"

#include <boost/json/parse.hpp>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "certs/identity_loader.hpp"
#include "certs/source.hpp"
#include "profiles/yaml_reader.hpp"
#include "proxy/commands/operator_call.hpp"
#include "proxy/commands/status_text.hpp"

namespace countersign::proxy::commands {

namespace {

using Command = CommandLine::Command;

int fail(const std::string& sentence) {
    std::cerr << "countersign: " << sentence << ".\n";
    return 1;
}

/// Where the proxy is asked, and with which token; error by a sentence.
struct Whom {
    profiles::ListenAddress address;
    certs::Secret token;
    std::optional<OperatorTls> tls;  ///< null: plain HTTP
};
using FoundWhom = boost::system::result<Whom, std::string>;

FoundWhom whom_to_ask(const CommandLine& line) {
    const OperatorQuestion& question = line.question;
    std::optional<profiles::AdminAlone> rules;
    // With an address said the configuration is asked for the token alone, where there is none.
    const bool shows_token = line.command != Command::health;
    const bool wants_token = shows_token && question.token_file.empty();
    const bool has_configuration = question.at.empty() || !line.configuration.empty();
    if (has_configuration) {
        auto read = profiles::read_admin(find_configuration(line), wants_token);
        if (read) {
            rules = std::move(*read);
        } else if (shows_token) {
            // It may say that the token is for who shows a certificate alone.
            return read.error().front().to_text();
        } else {
            // A proxy that goes on with what it had loaded is not ill for what is in the file now.
            std::cerr << "countersign: the configuration cannot be read, so "
                      << (question.at.empty() ? "the default address" : question.at)
                      << " is asked: " << read.error().front().to_text() << '\n';
            rules.emplace();
        }
    }
    Whom whom;
    if (!question.at.empty()) {
        const auto address = profiles::parse_listen_address(question.at);
        if (!address) {
            return "--at " + question.at +
                   " is no address such as 127.0.0.1:9901, [::1]:9901 or unix:PATH";
        }
        whom.address = *address;
    } else if (rules->listener) {
        whom.address = rules->listener->address;
    } else {
        return "there is nobody to ask: the configuration says admin: off, or has a listener at "
               "the "
               "default admin address, 127.0.0.1:9901";
    }
    std::optional<certs::PasswordSource> source;
    if (!question.token_file.empty()) {
        source = certs::PasswordFile{question.token_file};
    } else if (wants_token && rules) {
        source = rules->token;
    }
    if (source) {
        auto token = certs::read_password(*source);
        if (!token) return token.error().message();
        whom.token = std::move(*token);
    }
    const auto* const tcp = std::get_if<profiles::TcpAddress>(&whom.address);
    if (tcp != nullptr && !rules && shows_token && !tcp->address.is_loopback()) {
        return profiles::to_text(whom.address) +
               " is another machine's, and the token is not sent there without TLS; name the "
               "configuration that has admin.tls with -c";
    }
    if (tcp == nullptr || !rules || !rules->tls) return whom;
    whom.tls.emplace();
    // Who asks for the health alone shows no token, and need not open a key store each time.
    if (line.command == Command::health || !rules->shown) return whom;
    auto shown = certs::load_identity(std::get<certs::KeyStoreSource>(rules->shown->source));
    if (!shown) {
        return "the certificate of admin.tls cannot be read, and nothing is sent to another: " +
               shown.error().message();
    }
    whom.tls->shown = std::make_shared<const certs::Identity>(std::move(shown->identity));
    return whom;
}

std::pair<std::string_view, std::string_view> call_of(const CommandLine& line) {
    switch (line.command) {
        case Command::status:
            return {"GET", "/status"};
        case Command::reload:
            return {"POST", "/reload"};
        case Command::drain:
            return {"POST", "/drain"};
        case Command::quit:
            return {"POST", "/quit"};
        default:
            return {"GET", line.question.live ? "/healthz" : "/readyz"};
    }
}

}  // namespace

int operator_command(const CommandLine& line) {
    const FoundWhom whom = whom_to_ask(line);
    if (!whom) return fail(whom.error());
    const auto [method, target] = call_of(line);
    const auto answer = call_operator(
        whom->address, method, target, whom->token.reveal(), whom->tls ? &*whom->tls : nullptr
    );
    if (!answer) return fail(answer.error());
    const bool good = answer->status == 200;
    boost::system::error_code error;
    const boost::json::value document = boost::json::parse(answer->body, error);
    const bool tells_in_words = good && line.command == Command::status && !line.json;
    if (tells_in_words && !error && document.is_object()) {
        for (const std::string& each : status_text(document.get_object())) {
            std::cout << each << '\n';
        }
    } else {
        (good ? std::cout : std::cerr) << answer->body;
    }
    return good ? 0 : 1;
}

}  // namespace countersign::proxy::commands
