// SPDX-License-Identifier: MIT
using System.CommandLine;

namespace Denali.Cli;

/// <summary>The commands that concern disk images, and their options.</summary>
internal static class DiskCommands
{
    /// <summary>Describes them.</summary>
    internal static Command Create() => new("disk", "Make disk images, and look into them.") { CreateImage(), Info() };

    private static Command CreateImage()
    {
        var image = new Argument<string>("image") { Description = "The file to make" };
        var from = new Option<string>("--from")
        {
            Description = "The directory whose files go into it",
            Required = true,
        };
        var size = new Option<string>("--size") { Description = "Its size, as in 64M (default: what the files need)" };
        var force = new Option<bool>("--force") { Description = "Replace the file if it exists" };
        var command = new Command("create", "Make a disk image of a directory: an ext2 file system, by mke2fs.")
        {
            image, from, size, force,
        };
        command.SetAction(result => DiskCreateCommand.Execute(
            result.GetRequiredValue(image),
            result.GetRequiredValue(from),
            result.GetValue(size) is { } bytes ? ByteSize.Parse(bytes, "--size") : 0,
            result.GetValue(force)));
        return command;
    }

    private static Command Info()
    {
        var image = new Argument<string>("image") { Description = "A disk image" };
        var command = new Command("info", "Tell what a disk image holds.") { image };
        command.SetAction(result => DiskInfoCommand.Execute(result.GetRequiredValue(image)));
        return command;
    }
}
