// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Linq;

namespace Denali.Cli;

/// <summary>The commands and their options.</summary>
internal static class CommandLine
{
    private const int CountMax = 16_384;

    /// <summary>Describes the command line.</summary>
    /// <returns>The root command.</returns>
    internal static RootCommand Create() =>
        new("Denali, an isolation kernel: runs small services, each in its own lightweight virtual machine.")
        {
            Run(),
            DiskCommands.Create(),
            UpArguments.Create(),
            ListCommand.Create(),
            TopCommand.Create(),
            InspectCommand.Create(),
            CreateCommand.Create(),
            CloneCommand.Create(),
            SiteCommands.Park(),
            SiteCommands.Wake(),
            SiteCommands.Kill(),
            SiteCommands.Destroy(),
            Doctor(),
            ExplainCommands.Create(),
        };

    /// <summary>The words that lead to the command that was meant.</summary>
    internal static IEnumerable<string> Path(ParseResult result)
    {
        var words = new List<string>();
        for (SymbolResult? part = result.CommandResult; part is not null; part = part.Parent)
        {
            if (part is CommandResult command)
            {
                words.Add(command.Command is RootCommand ? "denali" : command.Command.Name);
            }
        }

        words.Reverse();
        return words;
    }

    private static Command Run()
    {
        var image = new Argument<string>("image")
        {
            Description = "A .denali file, or the name of a guest of this project (hello)",
        };
        var arguments = new Argument<string[]>("args")
        {
            Description = "Boot arguments for the guest, after --",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var memory = new Option<string>("--memory", "-m")
        {
            Description = "Memory size of a VM, 1M to 4G (default: what the image asks for)",
        };
        var limit = new Option<string>("--limit")
        {
            Description = "Most memory that a VM may use of it (default: all)",
        };
        var count = new Option<string>("--count", "-n") { Description = "Number of VMs (default 1)" };
        var timeout = new Option<string>("--timeout")
        {
            Description = "Seconds after which VMs that still run are killed",
        };
        var statistics = new Option<bool>("--stats") { Description = "Show time, exits and memory at the end" };
        var disk = new Option<string[]>("--disk")
        {
            Description = "FILE[,ro]; a disk of the VMs, such as denali disk create makes (repeatable)",
        };
        var network = new NetworkArguments();
        var command = new Command("run", "Run VMs of an image until all have ended.")
        {
            image, arguments, memory, limit, count, timeout, statistics, disk,
        };
        network.AddTo(command);
        command.SetAction(result =>
        {
            RefuseUnknownOptions(result, image, arguments);
            return RunCommand.Execute(new RunOptions
            {
                Image = result.GetRequiredValue(image),
                Arguments = result.GetValue(arguments) ?? [],
                MemoryBytes = result.GetValue(memory) is { } size ? ByteSize.Parse(size, "--memory") : 0,
                LimitBytes = result.GetValue(limit) is { } most ? ByteSize.Parse(most, "--limit") : 0,
                Count = ParseCount(result.GetValue(count)),
                Timeout = ParseTimeout(result.GetValue(timeout)),
                ShowStatistics = result.GetValue(statistics),
                Disks = ParseDisks(result.GetValue(disk), ParseCount(result.GetValue(count))),
                Network = network.Parse(result, ParseCount(result.GetValue(count))),
            });
        });
        return command;
    }

    // The parser takes an option that it does not know for an argument of the guest.
    private static void RefuseUnknownOptions(ParseResult result, params Argument[] arguments)
    {
        int behindDashes = result.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).Skip(1).Count();
        string? unknown = arguments.SelectMany(argument => result.GetResult(argument)?.Tokens ?? [])
            .SkipLast(behindDashes)
            .Select(token => token.Value)
            .FirstOrDefault(word => word.StartsWith('-'));
        if (unknown is not null)
        {
            throw new UsageException(
                $"'{unknown}' is not an option of denali run; see denali run --help, and write options of the guest "
                + "behind --");
        }
    }

    private static Command Doctor()
    {
        var command = new Command(
            "doctor",
            "Check whether this machine can run VMs, and what an exit costs here; status 1 if a check fails.");
        command.SetAction(_ => DoctorCommand.Execute());
        return command;
    }

    private static int ParseCount(string? text)
    {
        if (text is null)
        {
            return 1;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && count is >= 1 and <= CountMax
            ? count
            : throw new UsageException($"'{text}' is not a number of VMs: write 1 to {CountMax}");
    }

    private static DiskOption[] ParseDisks(string[]? texts, int count)
    {
        DiskOption[] disks = [.. (texts ?? []).Select(DiskOption.Parse)];
        return count == 1 || disks.All(disk => disk.IsReadOnly)
            ? disks
            : throw new UsageException("several VMs would write to one disk: write --disk FILE,ro");
    }

    private static TimeSpan? ParseTimeout(string? text)
    {
        const double LongestSeconds = 4_000_000;
        if (text is null)
        {
            return null;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
            && seconds is > 0 and <= LongestSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new UsageException($"'{text}' is not a time limit: write seconds, more than 0");
    }
}
