// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace Denali.Repo.Tests;

/// <summary>Rules about source files. Each takes a path from the root and a text and returns what is wrong.</summary>
internal static partial class SourceRules
{
    public const int LineLengthMax = 120;
    public const int FunctionLinesMax = 70;
    private const string Spdx = "SPDX-License-Identifier: MIT";

    /// <summary>Every source file names its licence at its top.</summary>
    public static IEnumerable<string> Licence(string path, string text)
    {
        string[] head = text.Split('\n', 3);
        bool named = path.EndsWith(".cs", StringComparison.Ordinal)
            ? head[0] == "// " + Spdx
            : head.Take(2).Any(line => line.Contains(Spdx, StringComparison.Ordinal));
        return named ? [] : [$"{path}:1: the first line is not the licence"];
    }

    /// <summary>Lines are at most 120 characters long.</summary>
    public static IEnumerable<string> LineLength(string path, string text) =>
        text.Split('\n').Index()
            .Where(line => line.Item.Length > LineLengthMax)
            .Select(line => $"{path}:{line.Index + 1}: {line.Item.Length} characters, more than {LineLengthMax}");

    /// <summary>Outside of literals there is only ASCII, and no tab.</summary>
    public static IEnumerable<string> Ascii(string path, string text)
    {
        CodeText source = new(text);
        foreach (string part in new[] { source.Code, source.Comments })
        {
            int at = part.AsSpan().IndexOfAnyExceptInRange(' ', '~');
            while (at >= 0)
            {
                if (part[at] is not '\n')
                {
                    yield return $"{path}:{CodeText.LineOf(part, at)}: U+{(int)part[at]:X4} outside of a literal";
                }

                int next = part.AsSpan(at + 1).IndexOfAnyExceptInRange(' ', '~');
                at = next < 0 ? -1 : at + 1 + next;
            }
        }
    }

    /// <summary>A file has at most one public type, named as the file up to its first dot.</summary>
    public static IEnumerable<string> PublicTypes(string path, string text)
    {
        string code = new CodeText(text).Code;
        string[] types =
        [
            .. CodeBlock.Parse(code)
                .Where(block => block.Parent is null && block.IsType)
                .Select(block => PublicType().Match(block.Header))
                .Where(match => match.Success)
                .Select(match => match.Groups["name"].Value),
        ];
        string expected = Path.GetFileName(path).Split('.')[0];
        if (types.Length > 1)
        {
            yield return $"{path}: more than one public type: {string.Join(", ", types)}";
        }
        else if (types.Length == 1 && types[0] != expected)
        {
            yield return $"{path}: the public type {types[0]} is not named as its file";
        }
    }

    /// <summary>Code that the compiler cannot check lives in files that say so.</summary>
    public static IEnumerable<string> UnsafeNames(string path, string text)
    {
        bool named = path.EndsWith(".Unsafe.cs", StringComparison.Ordinal)
            || path.Contains("/Interop/", StringComparison.Ordinal);
        string code = new CodeText(text).Code;
        return UnsafeWord().Matches(code)
            .Where(_ => !named)
            .Select(match => $"{path}:{CodeText.LineOf(code, match.Index)}: '{match.Value}' needs a *.Unsafe.cs file");
    }

    /// <summary>Every member that does something unsafe says in a comment why it is right.</summary>
    public static IEnumerable<string> SafetyComments(string path, string text)
    {
        CodeText source = new(text);
        foreach (CodeBlock member in CodeBlock.Parse(source.Code).Where(block => block.IsMember))
        {
            string body = source.Code[member.Start..member.End];
            bool blockInside = UnsafeBlock().IsMatch(body);
            if ((blockInside || UnsafeOperation().IsMatch(body)) && !HasSafetyComment(source.Comments, member))
            {
                yield return Unexplained(path, CodeText.LineOf(text, member.Start));
            }
        }

        foreach (Match match in UnsafeExpressionMember().Matches(source.Code))
        {
            int line = CodeText.LineOf(text, match.Index);
            if (UnsafeOperation().IsMatch(match.Groups["body"].Value)
                && !CommentAbove(source.Comments, line).Contains("SAFETY:", StringComparison.Ordinal))
            {
                yield return Unexplained(path, line);
            }
        }
    }

    /// <summary>Native functions are declared in the two Interop folders only, and generated.</summary>
    public static IEnumerable<string> NativeImports(string path, string text)
    {
        bool allowed = path.StartsWith("src/Linux/Interop/", StringComparison.Ordinal)
            || path.StartsWith("src/Kvm/Interop/", StringComparison.Ordinal);
        string code = new CodeText(text).Code;
        return NativeImport().Matches(code)
            .Where(match => !allowed || match.Value == "DllImport")
            .Select(match => $"{path}:{CodeText.LineOf(code, match.Index)}: {match.Value} is not allowed here");
    }

    /// <summary>Functions fit on a screen.</summary>
    public static IEnumerable<string> FunctionLength(string path, string text)
    {
        string code = new CodeText(text).Code;
        foreach (CodeBlock member in CodeBlock.Parse(code).Where(block => block.IsMember))
        {
            int lines = code.AsSpan(member.Start, member.End - member.Start).Count('\n') + 1;
            if (lines > FunctionLinesMax)
            {
                int at = CodeText.LineOf(code, member.Start);
                yield return $"{path}:{at}: a function of {lines} lines, more than {FunctionLinesMax}";
            }
        }
    }

    /// <summary>Tests do not sleep, and are skipped only at run time with a reason.</summary>
    public static IEnumerable<string> Waiting(string path, string text)
    {
        string code = new CodeText(text).Code;
        return Wait().Matches(code)
            .Select(match => $"{path}:{CodeText.LineOf(code, match.Index)}: '{match.Value}' in a test");
    }

    private static string Unexplained(string path, int line) =>
        $"{path}:{line}: something unsafe without a '// SAFETY:' comment";

    private static bool HasSafetyComment(string comments, CodeBlock member) =>
        (comments[member.Start..member.End] + CommentAbove(comments, CodeText.LineOf(comments, member.HeaderStart)))
            .Contains("SAFETY:", StringComparison.Ordinal);

    // The unbroken run of comment lines above a line.
    private static string CommentAbove(string comments, int line)
    {
        string[] above = comments.Split('\n')[..(line - 1)];
        return string.Join('\n', above.Reverse().TakeWhile(text => text.Trim().Length > 0));
    }

    [GeneratedRegex(
        @"(^|\s)public\s+([a-z]+\s+)*(class|struct|interface|enum|record(\s+(class|struct))?)\s+(?<name>\w+)")]
    private static partial Regex PublicType();

    [GeneratedRegex(@"\bunsafe\b|\b(Unsafe|MemoryMarshal|Marshal|NativeMemory)\s*\.")]
    private static partial Regex UnsafeWord();

    [GeneratedRegex(@"\bunsafe\s*\{")]
    private static partial Regex UnsafeBlock();

    // A pointer cast, a member through a pointer, pinning, an address taken, or an unchecked library call.
    [GeneratedRegex(
        @"\(\s*[\w.<>]+\s*\*+\s*\)|->|\bfixed\s*\(|(?<=[(,=]\s*)&\s*\w"
        + @"|\b(Unsafe|MemoryMarshal|NativeMemory)\s*\.")]
    private static partial Regex UnsafeOperation();

    [GeneratedRegex(
        @"^[ \t]+(public|private|internal|protected)[^;{}=]*\)\s*=>(?<body>[^;]*);", RegexOptions.Multiline)]
    private static partial Regex UnsafeExpressionMember();

    [GeneratedRegex(@"\b(LibraryImport|DllImport)\b")]
    private static partial Regex NativeImport();

    [GeneratedRegex(@"\bThread\s*\.\s*Sleep\b|\bTask\s*\.\s*Delay\b|\bSkip\s*=(?!=)")]
    private static partial Regex Wait();
}
