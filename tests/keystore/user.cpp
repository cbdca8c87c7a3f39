#include "tests/keystore/user.hpp"

#include <openssl/pem.h>

#include <stdexcept>

#include "tests/support/process.hpp"
#include "tests/support/proxy_under_test.hpp"

namespace countersign::tests {

User::User() { files_.write("pw", std::string{kPassword} + "\n"); }

Ended User::run(std::vector<std::string> argv) const {
    const std::string name = argv.at(0);
    Process process{
        std::move(argv),
        {.environment = {{"LC_ALL", "C.UTF-8"}, {"JAVA_TOOL_OPTIONS", ""}},
         .directory = files_.path()}};
    const auto status = process.wait_for_exit(std::chrono::seconds{60});
    if (!status) throw std::runtime_error{name + " does not end: " + process.errors()};
    return {*status, process.output(), process.errors()};
}

Ended User::keystore(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {countersign_binary(), "keystore"});
    return run(std::move(arguments));
}

std::string User::must(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--password-file", "pw"});
    std::string line;
    for (const std::string& argument : arguments) line += argument + " ";
    const Ended ended = keystore(std::move(arguments));
    if (ended.status != 0) throw std::runtime_error{line + ": " + ended.errors + ended.output};
    return ended.output + ended.errors;
}

Issued User::sign(const Ca& authority, std::string_view request, const std::string& common_name)
    const {
    const std::string pem = read_bytes(files_ / request);
    const certs::BioHandle bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    const certs::OpensslHandle<X509_REQ, X509_REQ_free> parsed{
        PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr)};
    if (!parsed || X509_REQ_verify(parsed.get(), X509_REQ_get0_pubkey(parsed.get())) != 1) {
        throw std::runtime_error{"not a request that its key has signed: " + pem};
    }
    return authority.issue(
        {.common_name = common_name,
         .not_after = std::chrono::hours{24 * 200},
         .client_auth = true},
        X509_REQ_get0_pubkey(parsed.get())
    );
}

}  // namespace countersign::tests
