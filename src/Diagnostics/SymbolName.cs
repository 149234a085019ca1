// SPDX-License-Identifier: MIT
using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Text;

namespace Denali.Diagnostics;

/// <summary>Turns the names that the ILC compiler gives to methods back into something like C#.</summary>
/// <remarks>
/// ILC writes <c>Assembly_Name_Space_Type_1&lt;Argument__Argument&gt;__Method</c>: dots, nesting and every character
/// that is not a letter or digit became underscores, so the way back is a guess. Names that do not look like that
/// (assembly code, exports) stay as they are.
/// </remarks>
public static class SymbolName
{
    private const string Separator = "__";

    // Names nest as deep as generic arguments do; more is damage.
    private const int DepthMax = 16;

    private static readonly FrozenDictionary<string, string> s_keywords = new Dictionary<string, string>
    {
        ["Bool"] = "bool",
        ["Char"] = "char",
        ["Int8"] = "sbyte",
        ["UInt8"] = "byte",
        ["Int16"] = "short",
        ["UInt16"] = "ushort",
        ["Int32"] = "int",
        ["UInt32"] = "uint",
        ["Int64"] = "long",
        ["UInt64"] = "ulong",
        ["IntPtr"] = "nint",
        ["UIntPtr"] = "nuint",
        ["Float"] = "float",
        ["Double"] = "double",
        ["Object"] = "object",
        ["String"] = "string",
    }.ToFrozenDictionary();

    /// <summary>A readable form of a symbol's name.</summary>
    /// <param name="symbol">Name as in the symbol table.</param>
    /// <returns>A guess such as <c>System.Span&lt;byte&gt;.Slice</c>, or the name itself.</returns>
    public static string Readable(string symbol)
    {
        // The code that one type of shared generics stands for has a name of its own with three underscores in it.
        string name = symbol.Replace("System___Canon", "Canon", StringComparison.Ordinal);
        const string UnboxingStub = "unbox_";
        name = name.StartsWith(UnboxingStub, StringComparison.Ordinal) ? name[UnboxingStub.Length..] : name;
        const string ModuleType = "__Module___";
        int module = name.IndexOf(ModuleType, StringComparison.Ordinal);
        if (module > 0)
        {
            return $"<Module>.{name[(module + ModuleType.Length)..]}";
        }

        int split = IndexOfSeparator(name, 1);
        if (name.Length == 0 || name[0] == '_' || split < 0 || split + Separator.Length >= name.Length)
        {
            return symbol;
        }

        var text = new StringBuilder();
        bool isGood = TryAppendType(text, name.AsSpan(0, split), 0);
        text.Append('.');
        isGood = isGood && TryAppendMethod(text, name.AsSpan(split + Separator.Length));
        return isGood ? text.ToString() : symbol;
    }

    /// <summary>The next separator that is not inside generic arguments, or -1.</summary>
    private static int IndexOfSeparator(ReadOnlySpan<char> name, int start)
    {
        int depth = 0;
        for (int index = start; index < name.Length; index++)
        {
            depth += name[index] == '<' ? 1 : name[index] == '>' ? -1 : 0;
            if (depth == 0 && name[index..].StartsWith(Separator))
            {
                return index;
            }
        }

        return -1;
    }

    private static bool TryAppendType(StringBuilder text, ReadOnlySpan<char> name, int depth)
    {
        if (depth == DepthMax || name.IsEmpty)
        {
            return false;
        }

        int open = name.IndexOf('<');
        ReadOnlySpan<char> plain = open < 0 ? name : name[..open];
        AppendDotted(text, WithoutAssembly(plain), hasArguments: open >= 0);
        return open < 0 || TryAppendArguments(text, name[open..], depth);
    }

    /// <summary>Generic arguments from their opening bracket to their closing one, which must be the last character.
    /// </summary>
    private static bool TryAppendArguments(StringBuilder text, ReadOnlySpan<char> name, int depth)
    {
        if (name[^1] != '>')
        {
            return false;
        }

        ReadOnlySpan<char> rest = name[1..^1];
        text.Append('<');
        while (true)
        {
            int split = IndexOfSeparator(rest, 0);
            ReadOnlySpan<char> argument = split < 0 ? rest : rest[..split];
            if (s_keywords.TryGetValue(argument.ToString(), out string? keyword))
            {
                text.Append(keyword);
            }
            else if (!TryAppendType(text, argument, depth + 1))
            {
                return false;
            }

            if (split < 0)
            {
                text.Append('>');
                return true;
            }

            text.Append(", ");
            rest = rest[(split + Separator.Length)..];
        }
    }

    /// <summary>The name without its assembly: a namespace often repeats the assembly's name, which shows how long it
    /// is; else it is taken for one word.</summary>
    private static ReadOnlySpan<char> WithoutAssembly(ReadOnlySpan<char> name)
    {
        for (int end = 1; end < name.Length; end++)
        {
            ReadOnlySpan<char> rest = name[end..];
            if (rest[0] == '_' && rest[1..].StartsWith(name[..end]) &&
                (rest.Length == end + 1 || rest[end + 1] == '_'))
            {
                return rest[1..];
            }
        }

        const string CoreLibrary = "S_P_CoreLib_";
        if (name.StartsWith(CoreLibrary))
        {
            return name[CoreLibrary.Length..];
        }

        int first = name.IndexOf('_');
        return first > 0 && first + 1 < name.Length ? name[(first + 1)..] : name;
    }

    /// <summary>Dots for underscores; the number of generic parameters is left out.</summary>
    private static void AppendDotted(StringBuilder text, ReadOnlySpan<char> name, bool hasArguments)
    {
        foreach (Range range in name.Split('_'))
        {
            ReadOnlySpan<char> word = name[range];
            bool isArity = hasArguments && word.Length > 0 && !word.ContainsAnyExceptInRange('0', '9');
            if (isArity && text.Length > 0)
            {
                continue;
            }

            if (text.Length > 0 && text[^1] is not ('<' or ' '))
            {
                text.Append('.');
            }

            text.Append(word);
        }
    }

    private static bool TryAppendMethod(StringBuilder text, ReadOnlySpan<char> name)
    {
        int open = name.IndexOf('<');
        ReadOnlySpan<char> plain = open < 0 ? name : name[..open];
        switch (plain)
        {
            case "_ctor":
                text.Append(".ctor");
                break;
            case "_cctor":
                text.Append(".cctor");
                break;
            default:
                AppendMethodName(text, plain);
                break;
        }

        return open < 0 || TryAppendArguments(text, name[open..], 0);
    }

    /// <summary>Names of lambdas, local functions and state machines hold the method that they are written in.
    /// </summary>
    private static void AppendMethodName(StringBuilder text, ReadOnlySpan<char> name)
    {
        int closure = name.StartsWith("_c_") ? name.IndexOf("___", StringComparison.Ordinal) : -1;
        name = closure < 0 ? name : name[(closure + 3)..];
        int lambda = name.IndexOf("_b__", StringComparison.Ordinal);
        int local = name.IndexOf("_g__", StringComparison.Ordinal);
        int machine = name.IndexOf("_d__", StringComparison.Ordinal);
        if (lambda > 0)
        {
            text.Append(name[..lambda]).Append(".lambda");
        }
        else if (local > 0)
        {
            text.Append(name[..local]).Append('.').Append(name[(local + 4)..]);
        }
        else if (machine > 0 && name[(machine + 4)..].IndexOf(Separator, StringComparison.Ordinal) is int end and > 0)
        {
            text.Append(name[..machine]).Append('.').Append(name[(machine + 4 + end + 2)..]);
        }
        else
        {
            text.Append(name);
        }
    }
}
