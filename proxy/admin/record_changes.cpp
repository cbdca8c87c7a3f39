#include "proxy/admin/record_changes.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/admin/inspection_document.hpp"
#include "proxy/admin/json_body.hpp"
#include "proxy/admin/json_document.hpp"
#include "proxy/admin/record_document.hpp"
#include "proxy/admin/record_draft_body.hpp"
#include "proxy/admin/request_body.hpp"
#include "proxy/records/inspection.hpp"
#include "proxy/records/record_text.hpp"

namespace countersign::proxy::admin {

namespace {

namespace json = boost::json;
using boost::asio::awaitable;
using certs::EditError;
using certs::EditResult;
using profiles::CertificateRecord;
using records::FolderChange;
using records::RecordDraft;
using records::RecordFolder;

/// What a record is called where people read it.
std::string named(std::string_view name) { return certs::in_quotes(certs::printable(name)); }

auto now() { return std::chrono::system_clock::now(); }

std::optional<Answer> refusal_of_users(
    const profiles::Configuration& configuration, const std::string& name, std::string_view what
) {
    const std::vector<std::string> users = users_of(configuration, name);
    if (users.empty()) return std::nullopt;
    return problem(
        409, named(name) + " is used by " + (users.size() == 1 ? "profile " : "profiles ") +
                 certs::enumerated(users, "and") + ", and is not " + std::string{what} +
                 ". Give them another record first."
    );
}

/// Whoever changes a record says which state he has seen.
std::optional<Answer> refusal_of_state(const Call& call, const CertificateRecord& record) {
    return refusal_of_version(call.if_match, records::version_of(record), named(record.name));
}

/// Another store for the record: on the thread for files.
EditResult<FolderChange> put_in_place(
    const profiles::Configuration& configuration, const CertificateRecord& record,
    const RecordDraft& draft
) {
    const auto found = records::inspect(draft, now());
    if (!found.problem.empty()) return EditError{found.problem};
    if ((found.type == profiles::kTrustRecord) == record.is_key_store()) {
        return EditError{
            std::string{"This is a "} + std::string{found.type} +
            ", and the record is none. Make a new record of it."};
    }
    return RecordFolder{*configuration.console.directory, configuration}.replace(
        record, draft, found.type
    );
}

}  // namespace

void RecordChanges::describe(json::object& object, const CertificateRecord& record) const {
    const auto& folder = configuration().console.directory;
    const std::string why = folder ? RecordFolder{*folder, configuration()}.why_fixed(record)
                                   : std::string{no_folder()};
    object["version"] = json_text(records::version_of(record));
    object["editable"] = why.empty();
    object["fixed_because"] = why.empty() ? json::value(nullptr) : json::value(json_text(why));
}

awaitable<Answer> RecordChanges::inspect(const Call& call) {
    const auto looking = changes_.begin_to_look();
    if (!looking) co_return problem(429, FolderChanges::kManyLook);
    auto draft = draft_in(call.body);
    if (!draft) co_return problem(400, draft.error());
    auto look = [draft = std::move(*draft)] { return records::inspect(draft, now()); };
    const auto found = co_await changes_.look(std::move(look));
    if (!found) co_return problem(500, "The container cannot be looked at.");
    co_return document(inspection_document(*found, now()));
}

awaitable<Answer> RecordChanges::create_of(
    std::function<EditResult<RecordDraft>()> draft, std::string name, const Caller& caller
) {
    if (name.empty()) co_return problem(422, "Give the record a name.", "name");
    if (configuration().find_certificate(name) != nullptr) {
        co_return problem(409, "There is a record named " + named(name) + " already.", "name");
    }
    auto entry = FolderChanges::entry_of("create", "record", std::move(name), caller);
    Write write = [generation = changes_.generation(),
                   draft = std::move(draft)]() -> EditResult<FolderChange> {
        const auto made = draft();
        if (!made) return made.error();
        const auto found = records::inspect(*made, now());
        if (!found.problem.empty()) return EditError{found.problem};
        const auto& configuration = generation->configuration();
        return RecordFolder{*configuration.console.directory, configuration}.create(
            *made, found.type
        );
    };
    co_return co_await carry_out(std::move(entry), std::move(write), 201);
}

awaitable<Answer> RecordChanges::create(const Call& call, const Caller& caller) {
    auto draft = draft_in(call.body);
    if (!draft) co_return problem(400, draft.error());
    std::string name = draft->name;
    std::function<EditResult<RecordDraft>()> given = [draft = std::move(*draft)] {
        return EditResult<RecordDraft>{draft};
    };
    co_return co_await create_of(std::move(given), std::move(name), caller);
}

awaitable<Answer> RecordChanges::make_key_pair(const Call& call, const Caller& caller) {
    auto wish = key_pair_wish_in(call.body);
    if (!wish) co_return problem(400, wish.error());
    std::string name = wish->name;
    std::function<EditResult<RecordDraft>()> made = [wish = std::move(*wish)] {
        return records::make_key_pair(wish, now());
    };
    co_return co_await create_of(std::move(made), std::move(name), caller);
}

awaitable<Answer> RecordChanges::replace(const Call& call, const Caller& caller, std::string name) {
    const auto generation = changes_.generation();
    const CertificateRecord& record = *generation->configuration().find_certificate(name);
    auto draft = draft_in(call.body);
    if (!draft) co_return problem(400, draft.error());
    if (auto refusal = refusal_of_state(call, record)) co_return std::move(*refusal);
    if (!draft->name.empty() || !draft->description.empty()) {
        co_return problem(
            400,
            "Only the store is replaced, with its password and alias. Name and description "
            "stay; PATCH changes the description."
        );
    }
    draft->name = name;
    draft->active = record.active;
    auto entry = FolderChanges::entry_of("replace", "record", std::move(name), caller);
    Write write = [generation, &record, draft = std::move(*draft)] {
        return put_in_place(generation->configuration(), record, draft);
    };
    co_return co_await carry_out(std::move(entry), std::move(write), 200);
}

awaitable<Answer> RecordChanges::edit(const Call& call, const Caller& caller, std::string name) {
    const auto generation = changes_.generation();
    const CertificateRecord& record = *generation->configuration().find_certificate(name);
    const auto asked = object_in(call.body);
    if (!asked) co_return problem(400, "Send what is to change as a JSON object.");
    CertificateRecord next = record;
    for (const auto& [key, value] : *asked) {
        if (key == "active" && value.is_bool()) {
            next.active = value.get_bool();
        } else if (key == "description" && value.is_string()) {
            next.description = std::string{value.get_string()};
            if (std::string wrong = text_problem("description", next.description); !wrong.empty())
                co_return problem(400, wrong, "description");
        } else {
            co_return problem(
                400, "What can be changed so is active, true or false, and description, a text."
            );
        }
    }
    if (auto refusal = refusal_of_state(call, record)) co_return std::move(*refusal);
    if (record.active && !next.active) {
        auto refusal = refusal_of_users(configuration(), name, "deactivated");
        if (refusal) co_return std::move(*refusal);
    }
    auto entry = FolderChanges::entry_of("edit", "record", std::move(name), caller);
    const auto& folder = configuration().console.directory;
    Write write = [folder, generation, &record, next = std::move(next)] {
        return RecordFolder{*folder, generation->configuration()}.rewrite(record, next);
    };
    co_return co_await carry_out(std::move(entry), std::move(write), 200);
}

awaitable<Answer> RecordChanges::remove(const Call& call, const Caller& caller, std::string name) {
    const auto generation = changes_.generation();
    const CertificateRecord& record = *generation->configuration().find_certificate(name);
    if (auto refusal = refusal_of_state(call, record)) co_return std::move(*refusal);
    if (auto refusal = refusal_of_users(configuration(), name, "deleted")) {
        co_return std::move(*refusal);
    }
    auto entry = FolderChanges::entry_of("delete", "record", std::move(name), caller);
    const auto& folder = configuration().console.directory;
    Write write = [folder, generation, &record] {
        return RecordFolder{*folder, generation->configuration()}.remove(record);
    };
    co_return co_await carry_out(std::move(entry), std::move(write), 204);
}

awaitable<Answer> RecordChanges::request(std::string name) {
    const auto looking = changes_.begin_to_look();
    if (!looking) co_return problem(429, FolderChanges::kManyLook);
    const auto generation = changes_.generation();
    const CertificateRecord& record = *generation->configuration().find_certificate(name);
    const auto folder = configuration().console.directory;
    if (!folder) co_return problem(409, no_folder());
    auto look = [generation, &record,
                 folder = *folder]() -> EditResult<records::CertificateRequest> {
        std::string why = RecordFolder{folder, generation->configuration()}.why_fixed(record);
        if (!why.empty()) return EditError{std::move(why)};
        return records::request_for(record);
    };
    const auto made = co_await changes_.look(std::move(look));
    if (!made) co_return problem(500, "No request can be made.");
    if (!*made) co_return problem(422, made->error());
    co_return document(request_document(**made, now()));
}

awaitable<Answer> RecordChanges::take_reply(
    const Call& call, const Caller& caller, std::string name
) {
    const auto generation = changes_.generation();
    const CertificateRecord& record = *generation->configuration().find_certificate(name);
    auto reply = reply_in(call.body);
    if (!reply) co_return problem(400, reply.error());
    if (auto refusal = refusal_of_state(call, record)) co_return std::move(*refusal);
    auto entry = FolderChanges::entry_of("reply", "record", std::move(name), caller);
    const auto notes = std::make_shared<std::vector<std::string>>();
    Write write = [generation, &record, notes,
                   reply = std::move(*reply)]() -> EditResult<FolderChange> {
        auto replied = records::take_reply(record, reply.files, reply.completeness, now());
        if (!replied) return replied.error();
        *notes = std::move(replied->notes);
        return put_in_place(generation->configuration(), record, replied->draft);
    };
    const std::string own{entry.name};
    std::function<Answer()> answer = [this, own, notes] {
        json::object object{{"record", described(own)}, {"notes", json_list(*notes)}};
        return document(object);
    };
    co_return co_await carry_out(std::move(entry), std::move(write), std::move(answer));
}

json::value RecordChanges::described(const std::string& name) const {
    const auto& generation = *changes_.generation();
    const CertificateRecord* const record = generation.configuration().find_certificate(name);
    if (record == nullptr) return nullptr;
    json::object object = record_object(generation, *record, nullptr, now());
    describe(object, *record);
    return object;
}

std::string RecordChanges::why_not_there(const std::string& name, const std::string& version)
    const {
    const generation::Generation& generation = *changes_.generation();
    const CertificateRecord* const record = generation.configuration().find_certificate(name);
    const bool is_there = record != nullptr && records::version_of(*record) == version;
    if (version.empty() ? record != nullptr : !is_there) return std::string{changed_meanwhile()};
    for (const generation::HeldBack& one : generation.held_back()) {
        for (const profiles::Profile& profile : generation.configuration().profiles) {
            if (profile.name == one.profile && profile.key_store == name) return one.sentence;
        }
    }
    return {};
}

awaitable<Answer> RecordChanges::carry_out(
    records::AuditEntry entry, Write write, unsigned status
) {
    const std::string name = entry.name;
    std::function<Answer()> answer = [this, name, status] {
        const json::value found = described(name);
        Answer told = found.is_object() ? document(found.get_object()) : Answer{};
        told.status = status;
        return told;
    };
    co_return co_await carry_out(std::move(entry), std::move(write), std::move(answer));
}

awaitable<Answer> RecordChanges::carry_out(
    records::AuditEntry entry, Write write, std::function<Answer()> answer
) {
    const std::string name = entry.name;
    FolderChanges::Asked asked{
        .entry = std::move(entry),
        .write = std::move(write),
        .why_not_there = [this, name](const std::string& version
                         ) { return why_not_there(name, version); },
        .answer = std::move(answer),
    };
    co_return co_await changes_.carry_out(std::move(asked));
}

}  // namespace countersign::proxy::admin
