// SPDX-License-Identifier: MIT
using System;
using System.IO;

namespace Denali.Cli;

/// <summary>Where the command keeps files of its user (XDG Base Directory Specification).</summary>
/// <remarks>Any of them throws a <see cref="UsageException"/> if neither its variable is set nor there is a home
/// directory.</remarks>
internal static class UserFolders
{
    private const string Name = "denali";

    /// <summary>What can be made again: images of directories.</summary>
    internal static string Cache => Of("XDG_CACHE_HOME", ".cache");

    /// <summary>What is to be there again after a restart.</summary>
    internal static string State => Of("XDG_STATE_HOME", ".local/state");

    /// <summary>Local sockets. Where nobody made a folder for such things, one in the user's own directory.</summary>
    internal static string Runtime =>
        Given("XDG_RUNTIME_DIR") is { } folder
            ? Path.Combine(folder, Name)
            : Path.Combine(State, "run");

    /// <summary>What a kernel is to find again after a restart.</summary>
    /// <param name="kernelName">Its name, or null for the one that has none of its own.</param>
    /// <returns>The folder.</returns>
    internal static string StateOf(string? kernelName) =>
        kernelName is null ? State : Path.Combine(State, "kernels", kernelName);

    private static string Of(string variable, string usual) =>
        Path.Combine(Given(variable) ?? Path.Combine(Home(variable), usual), Name);

    // Where there is none, the answer is empty: a path from it would lie in whatever directory this is.
    private static string Home(string variable) =>
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home
            ? home
            : throw new UsageException($"there is no home directory to keep files in: set HOME, or {variable}");

    // The specification has relative paths ignored: they would name another folder in every directory.
    private static string? Given(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { } folder && Path.IsPathFullyQualified(folder) ? folder : null;
}
