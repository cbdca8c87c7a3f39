#pragma once

#include "proxy/commands/keystore/options.hpp"
#include "proxy/commands/keystore/store_file.hpp"

namespace countersign::proxy::commands {

/// The sub-commands of `countersign keystore`. Each prints what it did, or gives why it did not;
/// then the store is as it was.
Outcome generate_key(const KeystoreOptions& options);
Outcome request_certificate(const KeystoreOptions& options);
Outcome import_certificates(const KeystoreOptions& options);
Outcome list_entries(const KeystoreOptions& options);
Outcome export_entry(const KeystoreOptions& options);
Outcome convert_store(const KeystoreOptions& options);
Outcome delete_entry(const KeystoreOptions& options);
Outcome rename_entry(const KeystoreOptions& options);
Outcome change_password(const KeystoreOptions& options);
/// `refused`: whether a server that trusts those files would refuse the chain.
Outcome verify_chain(const KeystoreOptions& options, bool& refused);
/// `errors`: whether the store has what will be refused.
Outcome lint_store(const KeystoreOptions& options, bool& errors);

}  // namespace countersign::proxy::commands
