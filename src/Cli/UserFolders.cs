// SPDX-License-Identifier: MIT
using System;
using System.IO;

namespace Denali.Cli;

/// <summary>Where the command keeps files of its user (XDG Base Directory Specification).</summary>
internal static class UserFolders
{
    private const string Name = "denali";

    /// <summary>What can be made again: images of directories.</summary>
    internal static string Cache => Of("XDG_CACHE_HOME", ".cache");

    /// <summary>What is to be there again after a restart.</summary>
    internal static string State => Of("XDG_STATE_HOME", ".local/state");

    /// <summary>Local sockets. Where nobody made a folder for such things, one in the user's own directory.</summary>
    internal static string Runtime =>
        Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } folder
            ? Path.Combine(folder, Name)
            : Path.Combine(State, "run");

    private static string Of(string variable, string usual) => Path.Combine(
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), usual),
        Name);
}
