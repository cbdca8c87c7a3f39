#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "certs/edit/edit_error.hpp"
#include "profiles/certificate_record.hpp"
#include "profiles/configuration.hpp"
#include "proxy/records/file_change.hpp"
#include "proxy/records/record_draft.hpp"

namespace countersign::proxy::records {

/// SHA-256 of files, as hexadecimal digits, by their names. No file of a password is in it.
using FileDigests = std::map<std::string, std::string>;

/// A change that is written, and that nobody has loaded yet.
struct RecordChange {
    FileChange files;
    FileDigests before;
    FileDigests after;
    std::string version = {};  ///< of the record then (version_of); empty: there is none
};

/// The folder of `console.directory`, as far as certificate records are in it: a YAML file for
/// each, with its stores and passwords beside it. What is new gets a name of its own, and the YAML
/// file is replaced as the last: each state on the way is one that can be loaded.
class RecordFolder {
public:
    /// `configuration`: the one in force, which outlives this.
    RecordFolder(std::filesystem::path folder, const profiles::Configuration& configuration)
        : folder_{std::move(folder)}, configuration_{configuration} {}

    /// Why that record is not changed here; empty: it is. Looks at its file.
    std::string why_fixed(const profiles::CertificateRecord& record) const;

    /// `type`: as the configuration writes it.
    certs::EditResult<RecordChange> create(const RecordDraft& draft, std::string_view type) const;
    /// The same record with another store: its password and alias are those of the draft.
    certs::EditResult<RecordChange> replace(
        const profiles::CertificateRecord& record, const RecordDraft& draft, std::string_view type
    ) const;
    /// `next`: the same record with the same files.
    certs::EditResult<RecordChange> rewrite(
        const profiles::CertificateRecord& record, const profiles::CertificateRecord& next
    ) const;
    certs::EditResult<RecordChange> remove(const profiles::CertificateRecord& record) const;

private:
    certs::EditResult<RecordChange> put(
        RecordChange change, profiles::CertificateRecord record, const RecordDraft& draft,
        std::string_view type
    ) const;
    certs::EditResult<RecordChange> begin(const profiles::CertificateRecord* former) const;
    /// The YAML file, as the last of a change. Error: the configuration's reader refuses it.
    std::optional<certs::EditError> write_text(
        RecordChange& change, const profiles::CertificateRecord& record
    ) const;
    /// The files that were written for the record, and that no other one names.
    void remove_files_of(const profiles::CertificateRecord& record, FileChange& files) const;

    std::filesystem::path folder_;
    const profiles::Configuration& configuration_;
};

}  // namespace countersign::proxy::records
