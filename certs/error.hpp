#pragma once

#include <boost/system/result.hpp>
#include <string>

namespace countersign::certs {

/// What kept key material from being loaded; each has a sentence of its own in `message()`.
enum class LoadErrorCode {
    unreadable,       ///< the file (or variable, or credential) cannot be read
    not_recognised,   ///< the bytes are none of the formats we read
    malformed,        ///< a known format, but broken
    unsupported,      ///< a known format, with something in it that we do not read
    password_needed,  ///< encrypted, and no password was given
    wrong_password,   ///< the password does not open it
    no_private_key,   ///< certificates only, where a key is needed
    no_certificate,   ///< a key without a certificate, or a trust store without any
    only_request,     ///< a certificate request, where a certificate is needed
    alias_missing,    ///< no entry of that name; detail lists those that exist
    alias_needed,     ///< several private keys and no alias given; detail lists them
    key_mismatch,     ///< the private key is not the leaf's
    too_much,         ///< larger, or with more in it, than any real one
};

/// Whom a message is for, which decides what there is to set: the keys of a record in the
/// configuration, the options of `countersign keystore`, or the fields of a form.
enum class Audience { key_store_record, trust_record, command, form };

/// Why something could not be loaded. `where` is a path with, where known, the alias
/// ("acme.jks, alias mydomain"); `detail` is what was found and, where it says more, OpenSSL's own
/// words. Never holds a password or a key.
struct LoadError {
    LoadErrorCode code;
    std::string where;
    std::string detail;
    /// Whole sentences, from whoever knows better than the code what to do; else empty.
    std::string remedy = {};
    /// The whole cause without its full stop, where it is plainer than `where`, the code's own
    /// words and `detail` behind a colon; else empty.
    std::string cause = {};

    /// A sentence to act on: what, on which thing, what to do.
    std::string message(Audience audience = Audience::key_store_record) const;
};

LoadError malformed(std::string where, std::string detail);

template <class T>
using LoadResult = boost::system::result<T, LoadError>;

/// What `value()` does on an error that nobody looked at: a bug, so an exception.
[[noreturn]] void throw_exception_from_error(
    const LoadError& error, const boost::source_location& location
);

/// OpenSSL's error queue of this thread as text, oldest first, and empties it.
std::string drain_openssl_errors();

}  // namespace countersign::certs
