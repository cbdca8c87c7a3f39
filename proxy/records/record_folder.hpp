#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "certs/edit/edit_error.hpp"
#include "profiles/certificate_record.hpp"
#include "profiles/configuration.hpp"
#include "proxy/records/folder_change.hpp"
#include "proxy/records/record_draft.hpp"

namespace countersign::proxy::records {

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
    certs::EditResult<FolderChange> create(const RecordDraft& draft, std::string_view type) const;
    /// The same record with another store: its password and alias are those of the draft, and
    /// whether it is active.
    certs::EditResult<FolderChange> replace(
        const profiles::CertificateRecord& record, const RecordDraft& draft, std::string_view type
    ) const;
    /// `next`: the same record with the same files.
    certs::EditResult<FolderChange> rewrite(
        const profiles::CertificateRecord& record, const profiles::CertificateRecord& next
    ) const;
    certs::EditResult<FolderChange> remove(const profiles::CertificateRecord& record) const;

private:
    certs::EditResult<FolderChange> put(
        FolderChange change, profiles::CertificateRecord record, const RecordDraft& draft,
        std::string_view type
    ) const;
    certs::EditResult<FolderChange> begin(const profiles::CertificateRecord* former) const;
    /// The YAML file, as the last of a change. Error: the configuration's reader refuses it.
    std::optional<certs::EditError> write_text(
        FolderChange& change, const profiles::CertificateRecord& record
    ) const;
    /// The files that were written for the record, and that no other one names.
    void remove_files_of(const profiles::CertificateRecord& record, FileChange& files) const;

    std::filesystem::path folder_;
    const profiles::Configuration& configuration_;
};

}  // namespace countersign::proxy::records
