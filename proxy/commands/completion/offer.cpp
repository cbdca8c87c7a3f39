#include "proxy/commands/completion/offer.hpp"

#include "proxy/commands/command_table.hpp"

namespace countersign::proxy::commands {

Offer offer_behind(const OptionSyntax& option) {
    const std::string_view name = names_of(option).back();
    if (name == "--key") {
        return {
            false,
            {"rsa-2048", "rsa-3072", "rsa-4096", "ec-p256", "ec-p384", "ec-p521", "ed25519"}};
    }
    if (option.value == "ROLE") return {false, {"view", "edit"}};
    if (option.value == "KIND") return {false, {"jks", "jceks", "pkcs12", "pem"}};
    if (option.value == "USE") return {false, {"client", "server", "client,server"}};
    return {option.value == "PATH" || option.value == "FILE", {}};
}

Offer offer_beside(const std::vector<CommandSyntax>& table, const CommandSyntax& syntax) {
    if (syntax.words == "SHELL") return {false, {"bash", "zsh", "fish"}};
    if (syntax.words == "[COMMAND]") {
        Offer offer;
        for (const CommandSyntax* one : subcommands(table, {})) offer.words.push_back(one->name);
        return offer;
    }
    return {syntax.words.starts_with("STORE"), {}};
}

}  // namespace countersign::proxy::commands
