#include "proxy/commands/completion/completion.hpp"

#include <iostream>

#include "certs/printable.hpp"
#include "proxy/commands/command_table.hpp"

namespace countersign::proxy::commands {

int completion_command(const std::vector<std::string>& words) {
    if (words.size() != 1) {
        std::cerr << "countersign completion: one shell is named: bash, zsh or fish.\n";
        return 2;
    }
    const std::string& shell = words.front();
    if (shell == "bash") {
        std::cout << bash_completion(command_table());
    } else if (shell == "zsh") {
        std::cout << zsh_completion(command_table());
    } else if (shell == "fish") {
        std::cout << fish_completion(command_table());
    } else {
        std::cerr << "countersign completion: '" << certs::printable(shell)
                  << "' is none of the shells that it knows: bash, zsh, fish.\n";
        return 2;
    }
    return 0;
}

}  // namespace countersign::proxy::commands
