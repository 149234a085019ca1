// SPDX-License-Identifier: MIT
using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using Denali.Control;
using Denali.Engine;
using Denali.Kernel;

namespace Denali.Cli;

/// <summary>The command's entry: reads the command line and turns mistakes into one line.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        try
        {
            ParseResult result = CommandLine.Create().Parse(arguments);
            if (result.Errors is [ParseError first, ..])
            {
                string command = string.Join(' ', CommandLine.Path(result));
                string wrong = result.UnmatchedTokens is [string word, ..]
                    ? $"'{word}' is not a command or an option"
                    : first.Message.TrimEnd('.');
                throw new UsageException($"{wrong}; see {command} --help");
            }

            return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception e) when (e is UsageException or ControlException or EngineException or KernelException)
        {
            ErrorOutput.WriteLine("denali: " + e.Message);
            return ExitStatus.Usage;
        }
        catch (Exception e) when (ErrorOutput.IsOfStream(e))
        {
            ErrorOutput.WriteLine($"denali: the output cannot be written: {e.Message}");
            return ExitStatus.Usage;
        }
    }
}
