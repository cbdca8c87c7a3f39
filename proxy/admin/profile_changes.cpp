#include "proxy/admin/profile_changes.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/admin/generation_document.hpp"
#include "proxy/admin/json_document.hpp"
#include "proxy/admin/profile_body.hpp"
#include "proxy/admin/record_draft_body.hpp"
#include "proxy/records/profile_text.hpp"

namespace countersign::proxy::admin {

namespace {

namespace json = boost::json;
using boost::asio::awaitable;
using records::FolderChange;
using records::ProfileFolder;
using records::ProfileProblem;

constexpr std::string_view kGone = "There is no profile of that name. /api/v1/profiles lists them.";

std::string named_profile(std::string_view name) {
    return certs::in_quotes(certs::printable(name));
}

json::array problem_objects(const std::vector<ProfileProblem>& problems) {
    return json_list(problems, [](const ProfileProblem& one) {
        return json::object{{"field", json_text(one.field)}, {"text", json_text(one.text)}};
    });
}

/// 422, with what is wrong beside its fields.
Answer refusal_of(const std::vector<ProfileProblem>& problems) {
    std::vector<std::string> lines;
    for (const ProfileProblem& one : problems)
        lines.push_back(one.field.empty() ? one.text : one.field + ": " + one.text);
    json::object object{
        {"title", "Unprocessable Entity"},
        {"status", 422},
        {"detail", json_text(lines_of(lines))},
        {"problems", problem_objects(problems)},
    };
    Answer answer = document(object);
    answer.status = 422;
    answer.type = "application/problem+json";
    return answer;
}

/// What a profile may be called here, beyond what the configuration says.
std::vector<ProfileProblem> problems_of_name(const json::object& profile) {
    const std::string name = records::name_of(profile);
    if (name.empty()) return {{"name", "give the profile a name"}};
    const std::string wrong = text_problem("name", name);
    if (wrong.empty()) return {};
    return {{"name", wrong}};
}

/// What is said beside one field once is not said again.
std::vector<ProfileProblem> all_problems(
    const ProfileFolder& folder, const json::object& profile, const std::filesystem::path& path
) {
    std::vector<ProfileProblem> problems = records::problems_of_values(profile);
    for (ProfileProblem& one : folder.problems_of(profile, path)) {
        if (std::ranges::find(problems, one.field, &ProfileProblem::field) == problems.end() ||
            one.field.empty())
            problems.push_back(std::move(one));
    }
    return problems;
}

/// The row of `check`.
json::value row_of(const generation::Generation& generation, const std::string& name) {
    for (json::value& row : profile_objects(generation, std::chrono::system_clock::now())) {
        if (row.get_object().at("profile").get_string() == name) return std::move(row);
    }
    return nullptr;
}

json::object document_of(
    const generation::Generation& generation, const std::string& name,
    const std::optional<json::object>& written, const std::string& why_fixed
) {
    json::object object{
        {"profile", row_of(generation, name)},
        {"editable", why_fixed.empty()},
        {"fixed_because", nullptr},
        {"version", nullptr},
        {"written", nullptr},
        {"yaml", nullptr},
    };
    if (!why_fixed.empty()) object["fixed_because"] = json_text(why_fixed);
    if (written) {
        const json::object shown = records::without_values(*written);
        object["version"] = json_text(records::version_of(*written));
        object["yaml"] = json_text(records::profile_yaml(shown));
        object["written"] = shown;
    }
    return object;
}

}  // namespace

const profiles::Profile* ProfileChanges::find(const std::string& name) const {
    const auto& all = changes_.configuration().profiles;
    const auto found = std::ranges::find(all, name, &profiles::Profile::name);
    return found == all.end() ? nullptr : &*found;
}

awaitable<Answer> ProfileChanges::preview(const Call& call) {
    const auto given = profile_in(call.body);
    if (!given) co_return problem(400, given.error());
    const auto looking = changes_.begin_to_look();
    if (!looking) co_return problem(429, FolderChanges::kManyLook);
    const auto folder = changes_.configuration().console.directory;
    if (!folder) co_return problem(409, no_folder());
    const auto generation = changes_.generation();
    const profiles::Profile* const former = find(records::name_of(*given));
    auto look = [generation, former, given = *given, folder = ProfileFolder{*folder},
                 path = state_.configuration] {
        const auto written = former != nullptr ? folder.find(*former) : std::nullopt;
        const json::object whole = records::with_values_of(written.value_or(json::object{}), given);
        std::vector<ProfileProblem> problems = problems_of_name(whole);
        if (problems.empty()) problems = all_problems(folder, whole, path);
        return problems;
    };
    const auto problems = co_await changes_.look(std::move(look));
    if (!problems) co_return problem(500, "The profile cannot be looked at.");
    // Values that it sets in requests come back to who has just sent them; no others are in it.
    json::object object{
        {"profile", *given},
        {"yaml", json_text(records::profile_yaml(*given))},
        {"problems", problem_objects(*problems)},
    };
    co_return document(object);
}

awaitable<Answer> ProfileChanges::create(const Call& call, const Caller& caller) {
    const auto given = profile_in(call.body);
    if (!given) co_return problem(400, given.error());
    if (const auto wrong = problems_of_name(*given); !wrong.empty()) co_return refusal_of(wrong);
    const std::string name = records::name_of(*given);
    if (find(name) != nullptr) {
        co_return problem(
            409, "There is a profile named " + named_profile(name) + " already.", "name"
        );
    }
    auto entry = FolderChanges::entry_of("create", "profile", name, caller);
    Write write = [given = *given](const ProfileFolder& folder) { return folder.create(given); };
    co_return co_await keep(std::move(entry), *given, std::move(write), 201);
}

awaitable<ProfileChanges::Found> ProfileChanges::look_at(std::string name) {
    Found found;
    found.generation = changes_.generation();
    found.profile = find(name);
    if (found.profile == nullptr) {
        found.refusal = problem(404, kGone);
        co_return found;
    }
    const auto looking = changes_.begin_to_look();
    if (!looking) {
        found.refusal = problem(429, FolderChanges::kManyLook);
        co_return found;
    }
    const auto folder = changes_.configuration().console.directory;
    if (!folder) {
        found.why_fixed = no_folder();
        co_return found;
    }
    auto look = [generation = found.generation, profile = found.profile,
                 own = ProfileFolder{*folder}] {
        return std::pair{own.find(*profile), own.why_fixed(*profile)};
    };
    auto seen = co_await changes_.look(std::move(look));
    if (seen) {
        found.written = std::move(seen->first);
        found.why_fixed = std::move(seen->second);
    } else {
        found.refusal = problem(500, "The profile's file cannot be looked at.");
    }
    co_return found;
}

awaitable<ProfileChanges::Found> ProfileChanges::look_to_change(
    const Call& call, std::string name
) {
    Found found = co_await look_at(name);
    if (found.refusal) co_return found;
    if (!changes_.configuration().console.directory) {
        found.refusal = problem(409, no_folder());
    } else if (!found.written) {
        found.refusal = problem(422, found.why_fixed);
    } else {
        found.refusal = refusal_of_version(
            call.if_match, records::version_of(*found.written), named_profile(name)
        );
    }
    co_return found;
}

awaitable<Answer> ProfileChanges::show(std::string name) {
    Found found = co_await look_at(name);
    if (found.refusal) co_return std::move(*found.refusal);
    co_return document(document_of(*changes_.generation(), name, found.written, found.why_fixed));
}

awaitable<Answer> ProfileChanges::replace(
    const Call& call, const Caller& caller, std::string name
) {
    const auto given = profile_in(call.body);
    if (!given) co_return problem(400, given.error());
    if (records::name_of(*given) != name) {
        co_return problem(
            400, "The profile keeps its name, " + named_profile(name) +
                     ". For another name make a new profile, and delete this one."
        );
    }
    Found found = co_await look_to_change(call, name);
    if (found.refusal) co_return std::move(*found.refusal);
    const json::object whole = records::with_values_of(*found.written, *given);
    auto entry = FolderChanges::entry_of("edit", "profile", name, caller);
    Write write = [generation = found.generation, former = found.profile, whole,
                   version = records::version_of(*found.written)](const ProfileFolder& own) {
        return own.replace(*former, version, whole);
    };
    co_return co_await keep(std::move(entry), whole, std::move(write), 200);
}

awaitable<Answer> ProfileChanges::remove(const Call& call, const Caller& caller, std::string name) {
    Found found = co_await look_to_change(call, name);
    if (found.refusal) co_return std::move(*found.refusal);
    auto entry = FolderChanges::entry_of("delete", "profile", name, caller);
    FolderChanges::Asked asked{
        .entry = std::move(entry),
        .write =
            [generation = found.generation, former = found.profile,
             version = records::version_of(*found.written),
             own = ProfileFolder{*changes_.configuration().console.directory}] {
                return own.remove(*former, version);
            },
        .why_not_there =
            [this, name](const std::string&) {
                return find(name) == nullptr ? std::string{} : std::string{changed_meanwhile()};
            },
        .answer =
            [] {
                Answer answer;
                answer.status = 204;
                return answer;
            },
    };
    co_return co_await changes_.carry_out(std::move(asked));
}

awaitable<Answer> ProfileChanges::keep(
    records::AuditEntry entry, json::object profile, Write write, unsigned status
) {
    const auto folder = changes_.configuration().console.directory;
    if (!folder) co_return problem(409, no_folder());
    const ProfileFolder own{*folder};
    // By the reader alone: what it says belongs to a field. The load says the rest.
    auto look = [own, profile, path = state_.configuration] {
        return all_problems(own, profile, path);
    };
    const auto problems = co_await changes_.look(std::move(look));
    if (!problems) co_return problem(500, "The profile cannot be looked at.");
    if (!problems->empty()) co_return refusal_of(*problems);
    const std::string name = entry.name;
    FolderChanges::Asked asked{
        .entry = std::move(entry),
        .write = [own, write = std::move(write)] { return write(own); },
        .why_not_there = [this, name, own](const std::string&) { return why_not_there(name, own); },
        .answer =
            [this, name, profile, status] {
                Answer answer = document(document_of(*changes_.generation(), name, profile, {}));
                answer.status = status;
                return answer;
            },
    };
    co_return co_await changes_.carry_out(std::move(asked));
}

std::string ProfileChanges::why_not_there(const std::string& name, const ProfileFolder& folder)
    const {
    const profiles::Profile* const profile = find(name);
    if (profile == nullptr || !folder.has(*profile)) return std::string{changed_meanwhile()};
    for (const generation::HeldBack& one : changes_.generation()->held_back()) {
        if (one.profile == name) return one.sentence;
    }
    return {};
}

}  // namespace countersign::proxy::admin
